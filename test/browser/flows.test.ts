/**
 * The stories of people in a real Chromium, each with scripts and without. Every page on the way is looked at by axe,
 * weighed, and watched for what moves by itself.
 */

import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { goodPassword, otherCode, otherPassword } from '../../src/testing/suite/case.js'
import { describeInBrowser } from '../harness/browser.js'
import { costOf } from '../harness/cost.js'
import { inspect, openStage } from '../harness/stage.js'
import type { Stage } from '../harness/stage.js'

const password = goodPassword
const many = { limit: 1000 }
// Many pages are looked at in one story, on a machine that may do more than this.
vi.setConfig({ testTimeout: 120_000 })

let stage: Stage
let count = 0

beforeAll(async () => {
  const limits = { signUpNetwork: many, messageNetwork: many, codeNetwork: many }
  // Long enough for a slow machine to run into it.
  stage = await openStage({ limits: { ...limits, passwordStranger: { pause: '60s' } } })
})
afterAll(() => stage.close())

const newEmail = (): string => `person-${++count}@example.com`
const linkTo = async (email: string): Promise<string> => (await stage.inbox.latest(email)).link as string
const codeTo = async (email: string): Promise<string> => (await stage.inbox.latest(email)).code as string
const at = (page: Page): string => page.url().replace(stage.url, '')

/** Somebody with a proven address and a password. */
async function createUser(): Promise<string> {
  const email = newEmail()
  const { accounts } = stage.auth
  const { identity } = await accounts.createUserWithPassword({ email, password })
  await accounts.requestEmailVerification(identity)
  await accounts.verifyMagicLink((await stage.inbox.latest(email)).token as string, 'email')
  return email
}

async function signIn(page: Page, email: string, secret = password): Promise<void> {
  await page.goto('/auth/sign-in')
  const form = page.locator('#way-password')
  await form.getByLabel('Email').fill(email)
  await form.getByLabel('Password', { exact: true }).fill(secret)
  await form.getByRole('button', { name: 'Sign in' }).click()
}

/** Asks for a link or a code. */
async function ask(page: Page, way: 'magic-link' | 'email-otp', email: string): Promise<void> {
  await page.goto('/auth/sign-in')
  await page.locator(`details:has(#way-${way}) summary`).click()
  const form = page.locator(`#way-${way}`)
  await form.getByLabel('Email').fill(email)
  await form.getByRole('button').last().click()
  await page.waitForURL('**/auth/verify')
}

const ways = [
  { name: 'with scripts', scripts: true },
  { name: 'without scripts', scripts: false },
]

describeInBrowser.each(ways)('$name', ({ scripts }) => {
  const person = (): Promise<Page> => stage.person({ javaScriptEnabled: scripts })
  const look = (page: Page, name: string): Promise<void> =>
    scripts ? inspect(page, name) : Promise.resolve()

  it('a person signs up, proves, signs in, ends a session elsewhere and signs out', async () => {
    const email = newEmail()
    const page = await person()
    const inbox = await page.context().newPage()
    await inbox.goto('/auth/dev/inbox')
    await page.goto('/auth/sign-up')
    await look(page, 'sign-up')
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.waitForURL('**/auth/verify')
    await look(page, 'verify')

    if (!scripts) await inbox.reload()
    const letter = inbox.locator('[data-part=message]').filter({ hasText: email })
    await letter.getByRole('link').click()
    await inbox.waitForURL('**/auth/confirm')
    await look(inbox, 'confirm-address')
    await inbox.getByRole('button', { name: 'Confirm address' }).click()
    await inbox.waitForURL('**/auth/sign-in')
    await look(inbox, 'sign-in-confirmed')
    expect(await inbox.getByRole('status').textContent()).toContain('Your email address is confirmed')

    await signIn(page, email)
    await page.waitForURL('**/auth/account')
    const elsewhere = await person()
    await signIn(elsewhere, email)
    await elsewhere.waitForURL('**/auth/account')
    await page.reload()
    await look(page, 'account')
    await page.getByRole('button', { name: /^Sign out .+ on / }).click()
    await page.getByText('That device was signed out.').waitFor()
    if (!scripts) await elsewhere.reload()
    await elsewhere.waitForURL(scripts ? '**/auth/signed-out?why=ended' : '**/auth/sign-in')
    if (scripts) await look(elsewhere, 'signed-out-ended')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('**/auth/signed-out')
    await look(page, 'signed-out')
    await page.goto('/auth/account')
    expect(at(page)).toBe('/auth/sign-in')
  })

  it('a link signs in where it was asked for, and the first tab moves on', async () => {
    const email = newEmail()
    const page = await person()
    await ask(page, 'magic-link', email)
    await look(page, 'verify-waiting')
    const tab = await page.context().newPage()
    await tab.goto(await linkTo(email))
    await look(tab, 'confirm-sign-in')
    await tab.getByRole('button', { name: 'Sign in' }).click()
    await tab.waitForURL('**/auth/account')
    if (!scripts) await page.reload()
    await page.waitForURL('**/auth/account')
  })

  it('a link that is opened in another browser signs in the one that asked, by its number', async () => {
    const email = newEmail()
    const here = await person()
    await ask(here, 'magic-link', email)
    const number = (await here.locator('[data-part=number]').textContent()) as string
    const there = await person()
    await there.goto(await linkTo(email))
    await look(there, 'confirm-elsewhere')
    await there.getByLabel('Number on your other screen').fill(number === '10' ? '11' : '10')
    await there.getByRole('button', { name: 'Yes, it was me' }).click()
    await there.getByText('That’s not the number shown.').waitFor()
    await look(there, 'confirm-elsewhere-wrong')
    await there.getByLabel('Number on your other screen').fill(number)
    await there.getByRole('button', { name: 'Yes, it was me' }).click()
    await there.getByText('Continue in your other browser.').waitFor()
    await look(there, 'confirm-finished')
    if (!scripts) await here.getByRole('button', { name: 'Continue' }).click()
    await here.waitForURL('**/auth/account')
    await there.goto('/auth/account')
    expect(at(there)).toBe('/auth/sign-in')
  })

  it('a sign-up that is proven in another browser asks for the password', async () => {
    const email = newEmail()
    const here = await person()
    await here.goto('/auth/sign-up')
    await here.getByLabel('Email').fill(email)
    await here.getByLabel('Password', { exact: true }).fill(otherPassword)
    await here.getByRole('button', { name: 'Create account' }).click()
    await here.waitForURL('**/auth/verify')
    const there = await person()
    await there.goto(await linkTo(email))
    await look(there, 'confirm-address-elsewhere')
    await there.getByLabel('Password', { exact: true }).fill(password)
    await there.getByRole('button', { name: 'Confirm address' }).click()
    await there.waitForURL('**/auth/sign-in')
    await signIn(there, email)
    await there.waitForURL('**/auth/account')
  })

  it('a code is typed, or pasted with what is around it', async () => {
    const email = newEmail()
    const typed = await person()
    await ask(typed, 'email-otp', email)
    await typed.getByLabel('Code').pressSequentially(await codeTo(email))
    await typed.getByLabel('Code').press('Enter')
    await typed.waitForURL('**/auth/account')
    stage.clock.advance('2m')
    const pasted = await person()
    await ask(pasted, 'email-otp', email)
    const code = await codeTo(email)
    await pasted.getByLabel('Code').focus()
    await pasted.keyboard.insertText(` ${code.slice(0, 3)} ${code.slice(3)} `)
    if (scripts) expect(await pasted.getByLabel('Code').inputValue()).toBe(code)
    await pasted.getByRole('button', { name: 'Confirm' }).click()
    await pasted.waitForURL('**/auth/account')
  })

  it('a code that was wrong five times is dead', async () => {
    const email = newEmail()
    const page = await person()
    await ask(page, 'email-otp', email)
    const code = await codeTo(email)
    for (let step = 1; step <= 5; step++) {
      await page.getByLabel('Code').fill(otherCode(code, step))
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.request().method() === 'POST'),
        page.getByRole('button', { name: 'Confirm' }).click(),
      ])
      expect(answer.status()).toBe(400)
      await page.getByRole('alert').waitFor()
    }
    await look(page, 'verify-wrong')
    await page.getByLabel('Code').fill(code)
    await page.getByRole('button', { name: 'Confirm' }).click()
    expect(await page.getByRole('alert').textContent()).toContain('The code is wrong or no longer valid.')
  })

  it('a forgotten password is set anew', async () => {
    const email = await createUser()
    stage.clock.advance('2m')
    const page = await person()
    await page.goto('/auth/sign-in')
    await page.getByRole('link', { name: 'Forgot' }).click()
    await look(page, 'forgot-password')
    await page.getByLabel('Email').fill(email)
    await page.getByRole('button', { name: 'Send reset link' }).click()
    await page.waitForURL('**/auth/reset-password')
    await look(page, 'reset-password-code')
    await page.goto(await linkTo(email))
    await look(page, 'reset-password-link')
    const field = page.getByLabel('New password', { exact: true })
    await field.fill('1234567890123')
    await page.getByRole('button', { name: 'Save new password' }).click()
    await page.getByText('Please choose another.').waitFor()
    await look(page, 'reset-password-refused')
    await field.fill(otherPassword)
    await page.getByRole('button', { name: 'Save new password' }).click()
    await page.waitForURL('**/auth/sign-in')
    await signIn(page, email, otherPassword)
    await page.waitForURL('**/auth/account')
  })

  it('a link that is late or used says so, and leads to a new one', async () => {
    const email = newEmail()
    const page = await person()
    await ask(page, 'magic-link', email)
    const link = await linkTo(email)
    await page.goto(link)
    stage.clock.advance('16m')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'This link is no longer valid' }).waitFor()
    await look(page, 'error-late')
    await page.getByRole('link', { name: 'Request a new one' }).click()
    await page.waitForURL('**/auth/sign-in')
    await ask(page, 'magic-link', email)
    const next = await linkTo(email)
    await page.goto(next)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/auth/account')
    const answer = await page.goto(next)
    expect(answer?.status()).toBe(400)
  })

  it('too many wrong passwords are answered with the time to wait', async () => {
    const email = await createUser()
    const page = await person()
    for (let tries = 0; tries < 5; tries++) await signIn(page, email, 'not the password')
    await page.getByText(/Try again in \d+ seconds\./).waitFor()
    await look(page, 'sign-in-too-often')
    expect(await page.locator('#way-password').getByLabel('Email').inputValue()).toBe(email)
  })

  it('the back button and a reload do nothing twice', async () => {
    const email = await createUser()
    const page = await person()
    await signIn(page, email)
    await page.waitForURL('**/auth/account')
    await page.getByLabel('Name', { exact: true }).fill('Ada')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Your profile has been saved.').waitFor()
    await page.reload()
    expect(await page.getByText('Your profile has been saved.').count()).toBe(0)
    await page.goBack()
    await page.waitForURL('**/auth/account')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('**/auth/signed-out')
    await page.goBack()
    await page.waitForURL('**/auth/sign-in')
  })

  it('two tabs ask for two addresses, and each takes its own code', async () => {
    const [first, second] = [newEmail(), newEmail()]
    const page = await person()
    await ask(page, 'email-otp', first)
    const tab = await page.context().newPage()
    await ask(tab, 'email-otp', second)
    await page.getByLabel('Code').fill(otherCode(await codeTo(first)))
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.locator('[data-part=lead]').textContent()).toContain(first)
    await page.getByLabel('Code').fill(await codeTo(first))
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.waitForURL('**/auth/account')
  })

  it('an account is deleted after a fresh sign-in', async () => {
    const email = await createUser()
    const page = await person()
    await signIn(page, email)
    await page.waitForURL('**/auth/account')
    stage.clock.advance('11m')
    await page.reload()
    await page.getByRole('link', { name: 'Sign in again' }).click()
    await page.waitForURL('**/auth/sign-in?fresh=yes*')
    await look(page, 'sign-in-fresh')
    const form = page.locator('#way-password')
    await form.getByLabel('Password', { exact: true }).fill(password)
    await form.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/auth/account#delete')
    await page.getByText('Delete my account').click()
    await page.getByLabel('I understand that this can’t be undone.').check()
    await page.getByRole('button', { name: 'Delete permanently' }).click()
    await page.getByRole('heading', { name: 'Your account has been deleted' }).waitFor()
    await look(page, 'signed-out-deleted')
  })
})

describeInBrowser('without a mouse', () => {
  /** Goes on by Tab until the focus is on what has this name. */
  async function tabTo(page: Page, name: string | RegExp): Promise<void> {
    const wanted = typeof name === 'string' ? new RegExp(`^${name}$`) : name
    for (let steps = 0; steps < 40; steps++) {
      await page.keyboard.press('Tab')
      const [focused, isSeen] = await page.evaluate<[string, boolean]>(`(() => {
        const { activeElement: each } = document
        const label = each.labels?.[0]?.textContent
        const text = each.getAttribute('aria-label') ?? label ?? each.textContent
        return [text.trim(), getComputedStyle(each).outlineStyle !== 'none']
      })()`)
      if (!wanted.test(focused)) continue
      expect([focused, isSeen]).toEqual([focused, true])
      return
    }
    throw new Error(`The focus never came to ${String(name)} at ${page.url()}.`)
  }

  it('a person signs up, proves, signs in, changes their name, signs in by a code and signs out', async () => {
    const email = newEmail()
    const page = await stage.person()
    const { keyboard } = page
    await page.goto('/auth/sign-in')
    await tabTo(page, 'Create an account')
    await keyboard.press('Enter')
    await page.waitForURL('**/auth/sign-up')
    await tabTo(page, 'Email address')
    await keyboard.type(email)
    await tabTo(page, 'Password')
    await keyboard.type(password)
    await tabTo(page, 'Show password')
    await keyboard.press('Space')
    expect(await page.locator('[name=password]').getAttribute('type')).toBe('text')
    await tabTo(page, 'Create account')
    await keyboard.press('Enter')
    await page.waitForURL('**/auth/verify')
    await tabTo(page, 'Code')
    await keyboard.type(await codeTo(email))
    await keyboard.press('Enter')
    await page.waitForURL('**/auth/sign-in')
    await tabTo(page, 'Email address')
    await keyboard.type(email)
    await tabTo(page, 'Password')
    await keyboard.type(password)
    await keyboard.press('Enter')
    await page.waitForURL('**/auth/account')
    await tabTo(page, 'Name')
    await keyboard.type('Ada')
    await keyboard.press('Enter')
    await page.getByText('Your profile has been saved.').waitFor()
    await tabTo(page, 'Sign out')
    await keyboard.press('Space')
    await page.waitForURL('**/auth/signed-out')
    await tabTo(page, 'Sign in again')
    await keyboard.press('Enter')
    await page.waitForURL('**/auth/sign-in')
    stage.clock.advance('2m')
    await tabTo(page, /Email code/)
    await keyboard.press('Enter')
    await tabTo(page, 'Email address')
    await keyboard.type(email)
    await keyboard.press('Enter')
    await page.waitForURL('**/auth/verify')
    await tabTo(page, 'Code')
    await keyboard.type(await codeTo(email))
    await keyboard.press('Enter')
    await page.waitForURL('**/auth/account')
  })
})

describeInBrowser('in development', () => {
  it('everything begins on one page, and messages can be looked at in every language', async () => {
    const page = await stage.person()
    await page.goto('/auth/dev')
    await inspect(page, 'landing')
    await page.getByRole('link', { name: /^Messages/ }).click()
    await page.waitForURL('**/auth/dev/messages')
    await page.getByLabel('Message').selectOption('recovery')
    await page.getByLabel('Language').selectOption('pt')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.frameLocator('[data-part=preview]').getByText('730518').waitFor()
    await inspect(page, 'messages')
    await page.goto('/auth/dev/inbox')
    await page.waitForSelector('[data-part=message]')
  })
})

describeInBrowser('a page', () => {
  it('begins to arrive within 20 ms, once warm', async () => {
    const page = await stage.person()
    await signIn(page, await createUser())
    await page.waitForURL('**/auth/account')
    const cookies = await page.context().cookies()
    const headers = { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') }
    for (const path of ['/auth/account', '/auth/forgot-password', '/auth/signed-out']) {
      const ask = async (): Promise<number> => (await fetch(stage.url + path, { headers })).status
      for (let count = 0; count < 30; count++) expect(await ask()).toBe(200)
      expect([path, (await costOf(ask)) < 20]).toEqual([path, true])
    }
  })
})
