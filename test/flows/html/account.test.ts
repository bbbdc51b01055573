/** Forms without JavaScript: signing up, proving the address, signing in, the account, and its end. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goodPassword, otherPassword } from '../../../src/testing/suite/case.js'
import { createTestAuth } from '../../../src/testing/index.js'
import type { TestAuth } from '../../../src/testing/index.js'
import { createPerson } from '../../harness/person.js'
import type { Person } from '../../harness/person.js'

let test: TestAuth
const password = goodPassword

beforeAll(async () => {
  // A pause long enough for a slow machine to run into it.
  const limits = { signUpNetwork: { limit: 100 }, passwordStranger: { pause: '60s' } } as const
  test = await createTestAuth({ limits })
})
afterAll(() => test.auth.close())

const person = (headers?: Record<string, string>): Person => createPerson(test.auth, undefined, headers)

async function signUp(email: string): Promise<void> {
  const browser = person()
  await browser.open('/auth/sign-up')
  await browser.send('sign-up', { email, password })
  await browser.open((await test.inbox.latest(email)).link as string)
  await browser.send('confirm')
}

async function signIn(email: string, secret = password): Promise<Person> {
  const browser = person()
  await browser.open('/auth/sign-in')
  await browser.send('way-password', { email, password: secret })
  return browser
}

describe('signing up', () => {
  it('leads by way of the inbox to the proof, the sign-in and the account', async () => {
    const email = 'ada@example.com'
    const ada = person()
    await ada.open('/auth/sign-up')
    expect((await ada.send('sign-up', { email, password })).way).toEqual(['/auth/verify'])
    expect(ada.page().text).toContain('We sent a message to ada@example.com')
    const { link = '' } = await test.inbox.latest(email)
    expect((await ada.open('/auth/dev/inbox')).html).toContain(link)
    expect((await ada.open(link)).way).toEqual(['/auth/confirm'])
    expect((await ada.send('confirm')).way).toEqual(['/auth/sign-in'])
    expect(ada.page().text).toContain('Your email address is confirmed')
    expect((await ada.open('/auth/sign-in')).text).not.toContain('Your email address is confirmed')
    expect((await ada.send('way-password', { email, password })).way).toEqual(['/auth/account'])
    expect(ada.page().text).toContain('Signed in as ada@example.com')
  })

  it('is proven by the code as well, and a code may be pasted with spaces', async () => {
    const email = 'grace@example.com'
    const grace = person()
    await grace.open('/auth/sign-up')
    await grace.send('sign-up', { email, password })
    const { code = '' } = await test.inbox.latest(email)
    const pasted = ` ${code.slice(0, 3)} ${code.slice(3)}`
    expect((await grace.send('code', { code: pasted })).way).toEqual(['/auth/sign-in'])
    expect((await signIn(email)).page().at).toBe('/auth/account')
  })

  it('says what is wrong beside the field, keeps the address, and shows no password again', async () => {
    const browser = person()
    await browser.open('/auth/sign-up')
    const refused = await browser.send('sign-up', { email: 'x@example.com', password: 'tiny-pw-9' })
    expect([refused.status, refused.at]).toEqual([422, '/auth/sign-up'])
    expect(refused.html).toMatch(/id="sign-up-password-fault"/)
    expect(browser.form('sign-up').values['email']).toBe('x@example.com')
    expect(refused.html).not.toContain('tiny-pw-9')
    expect(refused.html).toContain('<title>Error')
  })

  it('answers alike for a taken address', async () => {
    await signUp('taken@example.com')
    const pages = await Promise.all(
      ['taken@example.com', 'fresh@example.com'].map(async (email) => {
        const browser = person()
        await browser.open('/auth/sign-up')
        const { status, way, html } = await browser.send('sign-up', { email, password })
        return { status, way, shape: html.replaceAll(/value="[^"]*"|nonce="[^"]*"|(?:taken|fresh)@/g, '') }
      }),
    )
    expect(pages[0]).toEqual(pages[1])
  })

  it('of another browser is finished with the password', async () => {
    const email = 'two-browsers@example.com'
    const [here, there] = [person(), person()]
    await here.open('/auth/sign-up')
    await here.send('sign-up', { email, password })
    await there.open((await test.inbox.latest(email)).link as string)
    expect(there.page().text).toContain('Someone signed up with two-browsers@example.com in another browser')
    const refused = await there.send('confirm', { password: '' })
    expect([refused.status, refused.html.includes('confirm-password-fault')]).toEqual([422, true])
    expect((await there.send('confirm', { password: otherPassword })).way).toEqual(['/auth/sign-in'])
    expect((await signIn(email, otherPassword)).page().at).toBe('/auth/account')
    expect((await signIn(email)).page().status).toBe(401)
  })
})

describe('signing in', () => {
  it('leads back to where the person came from, once', async () => {
    await signUp('back@example.com')
    const browser = person()
    await browser.open('/auth/sign-in?return_to=%2Fapp%3Fpage%3D2')
    const entered = await browser.send('way-password', { email: 'back@example.com', password })
    expect(entered.way).toEqual(['/app?page=2'])
    expect((await browser.open('/auth/sign-in')).way).toEqual(['/auth/account'])
    for (const hostile of ['https://evil.example', '//evil.example', '/\\evil.example']) {
      await browser.open(`/auth/sign-in?return_to=${encodeURIComponent(hostile)}`)
      expect(browser.page().way).toEqual(['/auth/account'])
    }
  })

  it('is asked for by the account, which is then shown', async () => {
    await signUp('asked@example.com')
    const browser = person()
    expect((await browser.open('/auth/account?from=mail')).way).toEqual(['/auth/sign-in'])
    await browser.send('way-password', { email: 'asked@example.com', password })
    expect(browser.page().way).toEqual(['/auth/account?from=mail'])
  })

  it('refuses a wrong password in the form, and says how long to wait after many', async () => {
    await signUp('wrong@example.com')
    const browser = person()
    await browser.open('/auth/sign-in')
    const wrong = { email: 'wrong@example.com', password: 'not the password' }
    const refused = await browser.send('way-password', wrong)
    expect([refused.status, browser.form('way-password').values['email']]).toEqual([401, wrong.email])
    expect(refused.text).toContain('Wrong email or password')
    for (let count = 1; count < 5; count++) await browser.send('way-password', wrong)
    expect(browser.page().status).toBe(429)
    const [, seconds] = /Try again in (\d+) seconds/.exec(browser.page().text) ?? []
    expect(browser.page().headers.get('retry-after')).toBe(seconds)
  })
})

describe('the account', () => {
  it('changes the profile, which is told once, and speaks the chosen language', async () => {
    await signUp('profile@example.com')
    const browser = await signIn('profile@example.com')
    const saved = await browser.send('profile-form', { name: 'Ada "L" <b>', username: 'ada_l', locale: 'de' })
    expect(saved.way).toEqual(['/auth/account'])
    expect(saved.html).toContain('<html lang="de"')
    expect(saved.text).toContain('Ada "L" <b>')
    expect(saved.html).not.toContain('<b>')
    expect(saved.html).toContain('data-tone="good" role="status"')
    expect((await browser.open('/auth/account')).html).not.toContain('data-tone="good" role="status"')
    const refused = await browser.send('profile-form', { username: '1x' })
    expect([refused.status, browser.form('profile-form').values['username']]).toEqual([422, '1x'])
    await browser.send('profile-form', { name: '', username: '', locale: '' })
    expect([browser.page().status, browser.form('profile-form').values['name']]).toEqual([200, ''])
    expect(browser.page().html).toContain('<html lang="en"')
  })

  it('ends another session, and all others', async () => {
    const email = 'sessions@example.com'
    await signUp(email)
    const [here, there, further] = [await signIn(email), await signIn(email), await signIn(email)]
    await here.open('/auth/account')
    const [, id = ''] = /id="(end-(?!others)[^"]+)"/.exec(here.page().html) ?? []
    expect((await here.send(id)).text).toContain('That device was signed out.')
    const left = await Promise.all([there, further].map((each) => each.open('/auth/account')))
    expect(left.map(({ at }) => at).sort()).toEqual(['/auth/account', '/auth/sign-in'])
    expect((await here.send('end-others')).text).toContain('Your other devices were signed out.')
    expect((await there.open('/auth/account')).at).toBe('/auth/sign-in')
    expect((await further.open('/auth/account')).at).toBe('/auth/sign-in')
    expect((await here.open('/auth/account')).status).toBe(200)
  })

  it('says so when a session was over already', async () => {
    const email = 'over@example.com'
    await signUp(email)
    const [here] = [await signIn(email), await signIn(email)]
    await here.open('/auth/account')
    const [, id = ''] = /id="(end-(?!others)[^"]+)"/.exec(here.page().html) ?? []
    const { action, values } = here.form(id)
    await here.post(action, values)
    const again = await here.post(action, values)
    expect([again.status, again.html.includes('<main data-part="column">')]).toEqual([404, true])
  })

  it('changes the password, and ends the other sessions with it', async () => {
    const email = 'password@example.com'
    await signUp(email)
    const [here, there] = [await signIn(email), await signIn(email)]
    const wrong = { currentPassword: 'not the password', password: otherPassword }
    const refused = await here.send('password-form', wrong)
    expect([refused.status, refused.html.includes('password-currentPassword-fault')]).toEqual([422, true])
    await here.send('password-form', { currentPassword: password, password: otherPassword })
    expect(here.page().text).toContain('Your password was changed')
    expect((await there.open('/auth/account')).at).toBe('/auth/sign-in')
    expect((await signIn(email, otherPassword)).page().at).toBe('/auth/account')
  })

  it('offers to change a password to nobody who has none', async () => {
    const browser = person()
    await browser.open('/auth/sign-in')
    await browser.send('way-magic-link', { email: 'no-password@example.com' })
    await browser.open((await test.inbox.latest('no-password@example.com')).link as string)
    await browser.send('confirm')
    expect(browser.page().at).toBe('/auth/account')
    expect(browser.page().html).not.toContain('id="password-form"')
  })

  it('is deleted after a fresh sign-in, and not before', async () => {
    const email = 'gone@example.com'
    await signUp(email)
    const browser = await signIn(email)
    const early = browser.form('delete-form')
    test.clock.advance('11m')
    expect((await browser.open('/auth/account')).html).not.toContain('id="delete-form"')
    const refused = await browser.post(early.action, { ...early.values, agree: 'yes' })
    expect(refused.way).toEqual(['/auth/sign-in?fresh=yes'])
    expect(browser.page().text).toContain('sign in again')
    expect(browser.form('way-password').values['email']).toBe(email)
    await browser.send('way-password', { password })
    expect(browser.page().way).toEqual(['/auth/account#delete'])
    expect((await browser.send('delete-form')).status).toBe(422)
    await browser.send('delete-form', { agree: 'yes' })
    expect(browser.page().text).toContain('Your account has been deleted')
    expect((await signIn(email)).page().status).toBe(401)
  })

  it('is left by signing out', async () => {
    await signUp('out@example.com')
    const browser = await signIn('out@example.com')
    const { action, values } = browser.form('sign-out')
    expect((await browser.send('sign-out')).way).toEqual(['/auth/signed-out'])
    expect(browser.cookies.has('latchkey')).toBe(false)
    expect((await browser.post(action, values)).status).toBe(200)
    expect((await browser.open('/auth/account')).at).toBe('/auth/sign-in')
  })
})

describe('a page', () => {
  it('speaks the language that the browser asks for', async () => {
    const browser = person({ 'accept-language': 'pt-BR, en;q=0.5' })
    expect((await browser.open('/auth/sign-in')).html).toContain('<html lang="pt"')
  })

  it('runs what is ours alone, is kept nowhere, and gives its forms an origin', async () => {
    const browser = person()
    const { headers, html } = await browser.open('/auth/sign-in')
    const [, nonce] = /script-src 'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '') ?? []
    expect(nonce).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(html.split(`nonce="${nonce}"`)).toHaveLength(3)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect((await browser.open('/auth/sign-in')).html).not.toContain(nonce as string)
  })

  it('loads assets that are kept for a year, and are gone under another hash', async () => {
    const browser = person()
    const { html } = await browser.open('/auth/sign-in')
    const [, script = ''] = /src="([^"]+)"/.exec(html) ?? []
    expect((await browser.open(script)).headers.get('cache-control')).toBe(
      'public, max-age=31536000, immutable',
    )
    expect((await browser.open(script.replace(/\.[0-9a-f]+\./, '.000000000000.'))).status).toBe(404)
  })

  it('that is nowhere is said to be, as a page', async () => {
    const nowhere = await person().open('/auth/nowhere')
    expect([nowhere.status, nowhere.html.includes('<h1')]).toEqual([404, true])
  })

  it('of a form that comes from elsewhere names no browser', async () => {
    const browser = person({ origin: 'https://evil.example' })
    const refused = await browser.post('/auth/sign-up', { email: 'x@example.com', password })
    expect([refused.status, browser.cookies.size]).toEqual([403, 0])
    expect(refused.html).not.toContain('<form')
  })
})
