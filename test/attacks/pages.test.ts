/** Pages: what is for development alone, what people wrote, forms from elsewhere, and secrets in what is shown or logged. */

import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Logger } from '../../src/index.js'
import { goodPassword, otherPassword } from '../../src/testing/suite/case.js'
import { createTestAuth } from '../../src/testing/index.js'
import type { TestAuth } from '../../src/testing/index.js'
import { createPerson, formsOf } from '../harness/person.js'
import type { Answering, Person } from '../harness/person.js'

const password = goodPassword
let test: TestAuth
let count = 0
const newEmail = (): string => `person-${++count}@example.com`

beforeAll(async () => {
  test = await createTestAuth({ limits: { messageNetwork: { limit: 1000 } } })
})
afterAll(() => test.auth.close())
afterEach(() => vi.unstubAllEnvs())

/** A person who is signed in by a link. */
async function enter(
  answering: Answering = test.auth,
  headers: Record<string, string> = {},
): Promise<Person> {
  const email = newEmail()
  const browser = createPerson(answering, undefined, headers)
  await browser.open('/auth/sign-in')
  await browser.send('way-magic-link', { email })
  await browser.open((await test.inbox.latest(email)).link as string)
  await browser.send('confirm')
  expect(browser.page().at).toBe('/auth/account')
  return browser
}

describe('in production', () => {
  const spellings =
    `/dev /dev/ /DEV /Dev/Inbox /dev/inbox /dev/inbox/ /dev/inbox.json /dev/inbox;x /dev//inbox //dev/inbox
    /./dev/inbox /x/../dev/inbox /%64ev/inbox /dev%2Finbox /dev%2finbox /dev/inbox%00 /dev/inbox%20 /dev/./inbox
    /dev/messages /dev/messages/sign_in/en /dev/messages/recovery/pt /dev/%69nbox /dev\\inbox`.split(/\s+/)

  it('there is no inbox, no preview and no landing page, under no spelling', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    const url = 'https://app.example'
    const production = await createTestAuth({ baseUrl: url })
    const browser = createPerson(production.auth, url)
    await browser.open('/auth/sign-in')
    await browser.send('way-magic-link', { email: 'secret@example.com' })
    const { token = '', code = '' } = await production.inbox.latest('secret@example.com')
    for (const spelling of spellings) {
      for (const path of [`/auth${spelling}`, spelling.replace(/^\/\/+/, '/')]) {
        for (const accept of ['text/html', 'application/json']) {
          const request = new Request(url + path, { headers: { accept } })
          const response = await production.auth.fetch(request)
          const body = await response.text()
          expect([path, response.status]).toEqual([path, 404])
          expect(body.includes(token) || body.includes(code) || body.includes('secret@')).toBe(false)
        }
      }
    }
    await production.auth.close()
  })

  it('they are there in development, so that the paths are the right ones', async () => {
    const browser = createPerson(test.auth)
    for (const path of ['/dev', '/dev/inbox', '/dev/messages', '/dev/messages/sign_in/en'])
      expect((await browser.open(`/auth${path}`)).status).toBe(200)
  })
})

describe('what people wrote', () => {
  const corpus = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    '</title><svg/onload=alert(1)>',
    '</textarea></select><b>',
    '{app} {address}',
  ]
  const hostile = /<script>|<img|<svg\/|<b>|\son[a-z]+/

  it.each(corpus)('%s is text on every page that shows it', async (written) => {
    const browser = await enter(test.auth, { 'user-agent': written, 'accept-language': written })
    await browser.send('profile-form', { name: written })
    expect(browser.page().text).toContain(written)
    const refused = await browser.send('profile-form', { username: written, name: written })
    expect([refused.status, browser.form('profile-form').values['username']]).toEqual([422, written])
    const encoded = encodeURIComponent(written)
    const pages = [
      refused,
      await browser.open('/auth/account'),
      await browser.open(`/auth/sign-in?return_to=${encoded}&fresh=${encoded}`),
      await browser.open(`/auth/signed-out?why=${encoded}`),
      await browser.open(`/auth/dev/messages?event=${encoded}&locale=${encoded}`),
      await browser.open(`/auth/${encoded}`),
    ]
    const stranger = createPerson(test.auth, undefined, { 'user-agent': written })
    await stranger.open('/auth/sign-in')
    pages.push(await stranger.send('way-password', { email: written, password: written }))
    await stranger.open('/auth/sign-up')
    pages.push(await stranger.send('sign-up', { email: written, password }))
    await stranger.open('/auth/sign-in')
    const email = newEmail()
    await stranger.send('way-magic-link', { email })
    const elsewhere = createPerson(test.auth)
    pages.push(await elsewhere.open((await test.inbox.latest(email)).link as string))
    for (const { at, html } of pages) {
      const tags = html.replaceAll(/="[^"]*"/g, '').match(/<[^>]*>/g) ?? []
      const found = hostile.exec(tags.join(''))
      expect([at, found]).toEqual([at, null])
    }
  })
})

describe('a form', () => {
  const routes =
    `sign-up password/request magic-link/request magic-link/callback magic-link/approve magic-link/wait
    email-otp/request email-otp/callback verification/request verification/callback recovery/request recovery/callback
    email-change/callback sign-out account/profile account/password account/sessions/end-others account/delete
    account/sessions/00000000-0000-4000-8000-000000000000/end`.split(/\s+/)

  it.each(routes)('to %s without its token, or with that of another browser, does nothing', async (route) => {
    const [browser, stranger] = [await enter(), createPerson(test.auth)]
    await stranger.open('/auth/sign-in')
    const { _form: foreign = '' } = stranger.form('way-password').values
    const fields = {
      email: newEmail(),
      password: otherPassword,
      name: 'changed',
      agree: 'yes',
      code: '123456',
    }
    for (const _form of ['', foreign, 'x'.repeat(10_000)]) {
      const answer = await browser.post(`/auth/${route}`, { ...fields, ...(_form !== '' && { _form }) })
      expect([answer.status, formsOf(answer.html).size]).toEqual([403, 0])
    }
    const account = await browser.open('/auth/account')
    expect([account.at, browser.form('profile-form').values['name']]).toEqual(['/auth/account', ''])
  })

  it('is never answered to a GET', async () => {
    const browser = await enter()
    for (const path of ['sign-out', 'account/delete', 'account/profile', 'account/sessions/end-others'])
      expect((await browser.open(`/auth/${path}?agree=yes`)).status).toBe(404)
    expect((await browser.open('/auth/account')).at).toBe('/auth/account')
  })

  it('ends no session of another user', async () => {
    const ada = await enter()
    const [owner] = await test.auth.accounts.listUsers({ limit: 1 })
    const [session] = await test.auth.accounts.listUserSessions(owner as { id: string })
    const eve = await enter()
    const { _form = '' } = eve.form('profile-form').values
    expect((await eve.post(`/auth/account/sessions/${session?.id}/end`, { _form })).status).toBe(404)
    expect((await ada.open('/auth/account')).at).toBe('/auth/account')
  })
})

it('no secret stands in a page, an address, a header or a log', async () => {
  const lines: string[] = []
  const log = (fields: unknown, message: string): void =>
    void lines.push(`${inspect(fields, { depth: 9 })} ${message}`)
  const logger: Logger = { debug: log, info: log, warn: log, error: log }
  const opened = await createTestAuth({ logger })
  const shown: string[] = []
  const tokens: string[] = []
  const answering: Answering = {
    async fetch(request, peer) {
      const response = await opened.auth.fetch(request, peer)
      const headers = new Headers(response.headers)
      for (const line of headers.getSetCookie())
        if (/^latchkey=[^;]/.test(line)) tokens.push(line.slice(9, line.indexOf(';')))
      headers.delete('set-cookie')
      shown.push(inspect([...headers]), await response.clone().text())
      return response
    },
  }
  const email = 'leaks@example.com'
  const browser = createPerson(answering)
  await browser.open('/auth/sign-up')
  await browser.send('sign-up', { email, password: 'tiny-one' })
  opened.clock.advance('2m')
  await browser.send('sign-up', { email, password })
  await browser.send('code', { code: '000000' })
  await browser.open((await opened.inbox.latest(email)).link as string)
  await browser.send('confirm')
  await browser.send('way-password', { email, password: 'a wrong password' })
  await browser.send('way-password', { email, password })
  await browser.send('password-form', { currentPassword: 'another wrong one', password: otherPassword })
  await browser.send('password-form', { currentPassword: password, password: otherPassword })
  await browser.send('sign-out')
  opened.clock.advance('2m')
  await browser.open('/auth/forgot-password')
  await browser.send('forgot', { email })
  await browser.send('reset', { code: '000000', password })
  await browser.open((await opened.inbox.latest(email)).link as string)
  await browser.send('reset', { password })
  opened.clock.advance('2m')
  await browser.open('/auth/sign-in')
  await browser.send('way-magic-link', { email })
  const { link = '' } = await opened.inbox.latest(email)
  const elsewhere = createPerson(answering)
  await elsewhere.open(link)
  await elsewhere.send('confirm', { number: '00' })
  await browser.open(link)
  await browser.send('confirm')
  await browser.open('/auth/account')
  const messages = await opened.inbox.all()
  const minted = messages.flatMap(({ token, link }) => [token, link]).filter((each) => each !== undefined)
  const typed = ['tiny-one', password, otherPassword, 'a wrong password', 'another wrong one']
  const secrets = [...minted, ...typed, ...tokens]
  expect(secrets.length).toBeGreaterThan(12)
  const told = [...shown, ...lines].join('\n')
  for (const secret of secrets) expect([secret, told.includes(secret)]).toEqual([secret, false])
  const codes = messages.flatMap(({ code }) => code ?? [])
  expect(codes.filter((code) => new RegExp(`\\b${code}\\b`).test(told))).toEqual([])
  await opened.auth.close()
})
