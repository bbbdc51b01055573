/** Forms without JavaScript: links and codes, in one browser and in two, right, wrong, late and used. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goodPassword, otherCode, otherPassword } from '../../../src/testing/suite/case.js'
import { createTestAuth } from '../../../src/testing/index.js'
import type { TestAuth } from '../../../src/testing/index.js'
import { smsOtp } from '../../../src/strategies/index.js'
import { createPerson } from '../../harness/person.js'
import type { Person } from '../../harness/person.js'

let test: TestAuth
let count = 0
const password = goodPassword

beforeAll(async () => {
  test = await createTestAuth({ limits: { messageNetwork: { limit: 1000 } } })
})
afterAll(() => test.auth.close())

const person = (headers?: Record<string, string>): Person => createPerson(test.auth, undefined, headers)
const newEmail = (): string => `person-${++count}@example.com`

async function ask(way: string, email: string, browser = person()): Promise<Person> {
  await browser.open('/auth/sign-in')
  await browser.send(`way-${way}`, { email })
  return browser
}

const linkTo = async (email: string): Promise<string> => (await test.inbox.latest(email)).link as string
const codeTo = async (email: string): Promise<string> => (await test.inbox.latest(email)).code as string
const numberOn = ({ html }: { html: string }): string =>
  /data-part="number">(\d\d)</.exec(html)?.[1] as string

describe('a magic link', () => {
  it('signs in where it was asked for, after a question', async () => {
    const email = newEmail()
    const browser = await ask('magic-link', email)
    expect([browser.page().at, browser.page().text.includes(`sent a message to ${email}`)]).toEqual([
      '/auth/verify',
      true,
    ])
    await browser.open(await linkTo(email))
    expect(browser.page().text).toContain(`You’re about to sign in as ${email}`)
    expect((await browser.send('confirm')).way).toEqual(['/auth/account'])
  })

  it('is used once: back, reload and a second click lead on or say so', async () => {
    const email = newEmail()
    const browser = await ask('magic-link', email)
    const link = await linkTo(email)
    await browser.open(link)
    const { action, values } = browser.form('confirm')
    await browser.send('confirm')
    expect((await browser.open('/auth/confirm')).way).toEqual(['/auth/account'])
    expect((await browser.post(action, values)).way).toEqual(['/auth/account'])
    expect((await browser.open('/auth/verify')).way).toEqual(['/auth/account'])
    const used = await browser.open(link)
    expect([used.status, used.text.includes('This link is no longer valid')]).toEqual([400, true])
    expect(used.html).toContain('Request a new one')
  })

  it('that is too old is said to be, with a way to ask again', async () => {
    const email = newEmail()
    const browser = await ask('magic-link', email)
    const link = await linkTo(email)
    await browser.open(link)
    test.clock.advance('16m')
    expect((await browser.send('confirm')).status).toBe(400)
    expect(browser.page().text).toContain('no longer valid')
    expect((await browser.open(link)).status).toBe(400)
    expect((await browser.open('/auth/magic-link/callback?token=%3Cscript%3E')).status).toBe(400)
  })

  it('lets the browser that asked finish, by the number that it shows', async () => {
    const email = newEmail()
    const here = await ask(
      'magic-link',
      email,
      person({ 'user-agent': 'Mozilla/5.0 (X11; Linux) Firefox/140.0' }),
    )
    const number = numberOn(here.page())
    const there = person()
    await there.open(await linkTo(email))
    expect(there.page().text).toMatch(/Someone asked to sign in .* in another browser/)
    expect(there.page().text).toContain('Firefox')
    const wrong = await there.send('confirm', { number: number === '10' ? '11' : '10' })
    expect([wrong.status, wrong.html.includes('confirm-number-fault')]).toEqual([422, true])
    expect((await here.send('look')).way).toEqual(['/auth/verify'])
    expect((await there.send('confirm', { number })).way).toEqual(['/auth/confirm'])
    expect(there.page().text).toContain('Continue in your other browser')
    expect((await there.open('/auth/confirm')).text).toContain('Continue in your other browser')
    expect((await there.open('/auth/account')).at).toBe('/auth/sign-in')
    expect((await here.open('/auth/verify')).text).toContain('The link was confirmed')
    expect((await here.send('waiting')).way).toEqual(['/auth/account'])
  })

  it('whose number was wrong three times has to be asked for anew', async () => {
    const email = newEmail()
    const here = await ask('magic-link', email)
    const number = numberOn(here.page())
    const there = person()
    await there.open(await linkTo(email))
    for (let count = 0; count < 3; count++)
      await there.send('confirm', { number: number === '10' ? '11' : '10' })
    expect((await there.send('confirm', { number })).status).toBe(400)
    expect(there.page().text).toContain('Request a new one')
  })
})

describe('a code', () => {
  it('signs in where it is typed, with spaces as well', async () => {
    const email = newEmail()
    const browser = await ask('email-otp', email)
    const code = await codeTo(email)
    expect((await browser.send('code', { code: `${code.slice(0, 3)}-${code.slice(3)} ` })).way).toEqual([
      '/auth/account',
    ])
  })

  it('that was wrong five times is dead, which looks like any wrong one', async () => {
    const email = newEmail()
    const browser = await ask('email-otp', email)
    const code = await codeTo(email)
    for (let step = 1; step <= 5; step++) {
      const wrong = await browser.send('code', { code: otherCode(code, step) })
      expect([wrong.status, wrong.text.includes('The code is wrong or no longer valid')]).toEqual([400, true])
    }
    expect((await browser.send('code', { code })).status).toBe(400)
  })

  it('is sent again, which is told and changes nothing of what is known', async () => {
    const email = newEmail()
    const browser = await ask('email-otp', email)
    const first = await codeTo(email)
    test.clock.advance('61s')
    expect((await browser.send('again')).way).toEqual(['/auth/verify'])
    expect(browser.page().text).toContain('another message is on its way')
    expect((await browser.open('/auth/verify')).text).not.toContain('another message is on its way')
    expect((await browser.send('code', { code: first })).status).toBe(400)
    expect((await browser.send('code', { code: await codeTo(email) })).at).toBe('/auth/account')
  })

  it('of one tab is taken although another tab asked for another address', async () => {
    const [first, second] = [newEmail(), newEmail()]
    const browser = await ask('email-otp', first)
    const tab = browser.form('code')
    await ask('email-otp', second, browser)
    const wrong = await browser.post(tab.action, { ...tab.values, code: otherCode(await codeTo(first)) })
    expect(browser.form('code').values['email']).toBe(first)
    expect(wrong.status).toBe(400)
    expect((await browser.send('code', { code: await codeTo(first) })).at).toBe('/auth/account')
  })

  it('comes to a phone', async () => {
    const phones = await createTestAuth({ strategies: [smsOtp()] })
    const browser = createPerson(phones.auth)
    await browser.open('/auth/sign-in')
    expect(browser.page().html).not.toContain('/auth/sign-up"')
    expect((await browser.send('way-sms-otp', { phone: 'none' })).status).toBe(422)
    await browser.send('way-sms-otp', { phone: '+351 912 345 678' })
    const { code = '' } = await phones.inbox.latest('+351912345678')
    expect((await browser.send('code', { code })).at).toBe('/auth/account')
    await phones.auth.close()
  })
})

describe('a recovery', () => {
  async function signUp(email: string): Promise<void> {
    const { accounts } = test.auth
    const { identity } = await accounts.createUserWithPassword({ email, password })
    await accounts.requestEmailVerification(identity)
    await accounts.verifyMagicLink((await test.inbox.latest(email)).token as string, 'email')
  }

  async function forget(email: string): Promise<Person> {
    const browser = person()
    await browser.open('/auth/forgot-password')
    await browser.send('forgot', { email })
    return browser
  }

  async function enters(email: string, secret: string): Promise<boolean> {
    const browser = person()
    await browser.open('/auth/sign-in')
    return (await browser.send('way-password', { email, password: secret })).status === 200
  }

  it('sets a new password by the code', async () => {
    const email = newEmail()
    await signUp(email)
    const browser = await forget(email)
    expect(browser.page().at).toBe('/auth/reset-password')
    const code = await codeTo(email)
    const weak = await browser.send('reset', { code, password: 'short' })
    expect([weak.status, weak.html.includes('reset-password-fault')]).toEqual([422, true])
    expect((await browser.send('reset', { code, password: otherPassword })).way).toEqual(['/auth/sign-in'])
    expect(browser.page().text).toContain('Your new password has been saved')
    expect([await enters(email, otherPassword), await enters(email, password)]).toEqual([true, false])
  })

  it('sets a new password by the link, once', async () => {
    const email = newEmail()
    await signUp(email)
    const browser = await forget(email)
    const link = await linkTo(email)
    expect((await browser.open(link)).way).toEqual(['/auth/confirm', '/auth/reset-password'])
    expect(browser.page().html).not.toContain('name="code"')
    expect((await browser.send('reset', { password: otherPassword })).way).toEqual(['/auth/sign-in'])
    expect(await enters(email, otherPassword)).toBe(true)
    await browser.open(link)
    expect([browser.page().status, browser.page().html.includes('href="/auth/forgot-password"')]).toEqual([
      400,
      true,
    ])
  })

  it('whose link is opened in another browser is asked for anew there', async () => {
    const email = newEmail()
    await signUp(email)
    await forget(email)
    const there = person()
    await there.open(await linkTo(email))
    expect([there.page().status, there.page().text.includes('requested in another browser')]).toEqual([
      409,
      true,
    ])
    expect(there.page().html).toContain('href="/auth/forgot-password"')
  })

  it('looks the same for an address that nobody has', async () => {
    const email = newEmail()
    await signUp(email)
    const [known, unknown] = [await forget(email), await forget('nobody@example.com')]
    const shapes = [known, unknown].map((browser) => ({
      status: browser.page().status,
      way: browser.page().way,
      cookies: [...browser.cookies.keys()],
      html: browser.page().html.replaceAll(/value="[^"]*"|nonce="[^"]*"|(?:person-\d+|nobody)@/g, ''),
    }))
    expect(shapes[0]).toEqual(shapes[1])
  })
})

it('a changed address is confirmed by its link', async () => {
  const email = newEmail()
  const browser = await ask('magic-link', email)
  await browser.open(await linkTo(email))
  await browser.send('confirm')
  const user = await test.auth.accounts.getUserByEmail(email)
  const next = newEmail()
  const identity = await test.auth.accounts.addUserIdentity(user as { id: string }, {
    type: 'email',
    value: next,
  })
  await test.auth.accounts.issueIdentityVerification(identity, 'email_change')
  await browser.open(await linkTo(next))
  expect(browser.page().text).toContain(`The new email address of your account will be ${next}`)
  await browser.send('confirm')
  expect(browser.page().text).toContain('Your email address has been changed')
})

it('too many messages to one network are refused in the form, with the time to wait', async () => {
  const limited = await createTestAuth({ limits: { messageNetwork: { limit: 1 } } })
  const browser = createPerson(limited.auth)
  await browser.open('/auth/sign-in')
  await browser.send('way-email-otp', { email: 'one@example.com' })
  const again = await browser.send('again')
  expect([again.status, browser.form('code').values['email']]).toEqual([429, 'one@example.com'])
  await browser.open('/auth/sign-in')
  const refused = await browser.send('way-magic-link', { email: 'two@example.com' })
  expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, expect.any(Number)])
  expect(refused.text).toContain('Too many attempts')
  expect(browser.form('way-magic-link').values['email']).toBe('two@example.com')
  await limited.auth.close()
})
