/** What a host adds: a strategy of its own, a handler, bearer tokens, and routes that ask who is there. */

import { describe, expect, it } from 'vitest'
import type { AuthOptions } from '../../../src/index.js'
import type { Strategy } from '../../../src/strategies/index.js'
import { password } from '../../../src/strategies/index.js'
import { enter, goodPassword, signUp } from '../../../src/testing/suite/case.js'
import { postgres } from '../../harness/engines.js'
import { openBrowser, refusalOf, roomy } from '../../harness/http-client.js'
import { useKit } from '../../harness/kit.js'

// People of a company, by the number on their badge and a code to their address.
const badge: Strategy = {
  id: 'badge',
  name: 'Badge',
  identity: 'email',
  kind: 'passwordless',
  fields: {
    request: [{ name: 'badge', type: 'text' }],
    callback: [
      { name: 'badge', type: 'text' },
      { name: 'code', type: 'code' },
    ],
  },
  async request({ accounts, requester }, { badge: number = '' }) {
    const { identity } = await accounts.findOrCreateEmailIdentity(`${number}@staff.example`)
    await accounts.issueIdentityVerification(identity, 'sign_in', requester)
    return { status: 'sent' }
  },
  async callback({ accounts, flow }, { badge: number = '', code = '' }) {
    const { user } = await accounts.verifyMagicCode(code, 'sign_in', `${number}@staff.example`, { flow })
    return { status: 'proved', user, methods: ['badge'] }
  },
}

describe('a strategy of the host', () => {
  const kit = useKit(postgres.open, { ...roomy, strategies: [badge] })

  it('has routes of its own, and signs in', async () => {
    const browser = openBrowser(kit().auth, { replaced: true })
    expect(refusalOf(await browser.post('/badge/request', { badge: '1815' }))).toBe('202 verification_sent')
    const { code } = await kit().inbox.latest('1815@staff.example')
    expect(refusalOf(await browser.post('/badge/callback', { badge: '1843', code }))).toBe(
      '400 invalid_token',
    )
    expect((await browser.post('/badge/callback', { badge: '1815', code })).status).toBe(200)
    const { session } = (await browser.get('/session')).json as { session: { methods: string[] } }
    expect(session.methods).toEqual(['badge'])
    expect(refusalOf(await browser.post('/password/request', {}))).toBe('404 strategy_disabled')
  })
})

describe('without passwords', () => {
  const kit = useKit(postgres.open, { ...roomy, strategies: [badge] })

  it('nobody signs up or recovers by one, and an address can still be proven', async () => {
    const browser = openBrowser(kit().auth)
    const email = 'ada@example.com'
    expect(refusalOf(await browser.post('/sign-up', { email, password: goodPassword }))).toBe('404 not_found')
    for (const path of ['/recovery/request', '/recovery/callback', '/verification/request'])
      expect(refusalOf(await browser.post(path, { email })), path).toBe('404 strategy_disabled')
    const { identity } = await kit().auth.accounts.findOrCreateEmailIdentity(email)
    await kit().auth.accounts.requestEmailVerification(identity)
    const { token } = await kit().inbox.latest(email)
    expect((await browser.post('/verification/callback', { token })).status).toBe(200)
  })

  it('no page is there for one, and none leads to it', async () => {
    const page = (path: string) =>
      kit().auth.fetch(new Request(`http://localhost:3000/auth${path}`, { headers: { accept: 'text/html' } }))
    for (const path of ['/sign-up', '/forgot-password', '/reset-password'])
      expect((await page(path)).status, path).toBe(404)
    for (const path of ['/sign-in', '/dev']) {
      const text = await (await page(path)).text()
      expect(text).toContain('</html>')
      expect(text).not.toMatch(/href="[^"]*(?:sign-up|forgot-password|reset-password)/)
    }
  })
})

describe('a handler of the host', () => {
  const seen: string[] = []
  const handler: AuthOptions['handler'] = {
    onSuccess({ strategy, action }, scope, c) {
      seen.push(`${strategy} ${action} ${scope?.user.id ?? 'nobody'}`)
      return strategy === 'password' && action === 'request' ? c.redirect('/welcome', 303) : undefined
    },
    onFailure({ strategy, action }, error, c) {
      seen.push(`${strategy} ${action} ${error.code} ${error.reason} ${String(error.cause)}`)
      if (action === 'callback') throw new Error('a fault of the host, with a secret in it')
      return c.json({ sorry: true }, 418)
    },
  }
  const kit = useKit(postgres.open, { ...roomy, handler })

  it('replaces the answer of a success and keeps the cookies', async () => {
    const { user, identity } = await signUp(kit())
    const browser = openBrowser(kit().auth, { replaced: true })
    const signIn = { email: identity.value, password: goodPassword }
    const answer = await browser.post('/password/request', signIn)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/welcome'])
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(seen.at(-1)).toBe(`password request ${user.id}`)
    expect((await browser.get('/session')).status).toBe(200)
    const before = browser.jar.get('latchkey')
    await browser.post('/password/request', signIn)
    expect(seen.at(-1)).toBe(`password request ${user.id}`)
    expect(browser.jar.get('latchkey')).toMatch(/^[A-Za-z0-9_-]{64}$/)
    expect(browser.jar.get('latchkey')).not.toBe(before)
  })

  it('replaces the answer of a failure, and sees no reason of it', async () => {
    const { identity } = await signUp(kit())
    const browser = openBrowser(kit().auth, { replaced: true })
    for (const email of [identity.value, kit().newEmail()]) {
      const answer = await browser.post('/password/request', { email, password: 'a wrong password' })
      expect([answer.status, answer.json]).toEqual([418, { sorry: true }])
      expect(seen.at(-1)).toBe('password request invalid_credentials invalid_credentials undefined')
    }
    expect(browser.jar.has('latchkey-flow')).toBe(true)
  })

  it('leaves an answer that it does not replace, and its own fault tells nothing', async () => {
    const browser = openBrowser(kit().auth)
    expect(refusalOf(await browser.post('/recovery/request', { email: kit().newEmail() }))).toBe(
      '202 verification_sent',
    )
    const answer = await browser.post('/recovery/callback', { token: 'x', password: goodPassword })
    expect(refusalOf(answer)).toBe('500 internal')
    expect(answer.text).not.toContain('secret')
  })
})

describe('bearer tokens', () => {
  const kit = useKit(postgres.open, { ...roomy, tokenTransport: 'bearer' })
  const flow = '0d3f2b1a-1111-4222-8333-444455556666'

  it('are given in the body of a sign-in and taken in a header, without origin and without cookies', async () => {
    const { identity } = await signUp(kit())
    const phone = openBrowser(kit().auth, { native: true })
    const signIn = { email: identity.value, password: goodPassword }
    const { json, cookies } = await phone.post('/password/request', signIn)
    expect(cookies.filter((line) => line.startsWith('latchkey='))).toEqual([])
    const headers = { authorization: `Bearer ${String(json['token'])}` }
    expect((await phone.request('GET', '/session', { headers })).status).toBe(200)
    expect((await phone.request('PATCH', '/user', { headers, body: { name: 'Ada' } })).status).toBe(200)
    expect((await phone.request('DELETE', '/session', { headers })).status).toBe(204)
    expect((await phone.request('GET', '/session', { headers })).status).toBe(401)
  })

  it('come with a flow of the application’s own, to which its codes are bound', async () => {
    const email = kit().newEmail()
    const phone = openBrowser(kit().auth, { native: true })
    const headers = { 'latchkey-flow': flow }
    await phone.request('POST', '/email-otp/request', { headers, body: { email } })
    const { code } = await kit().inbox.latest(email)
    const body = { email, code }
    expect(refusalOf(await phone.request('POST', '/email-otp/callback', { body }))).toBe('400 invalid_token')
    expect((await phone.request('POST', '/email-otp/callback', { headers, body })).status).toBe(200)
  })

  it('open nothing when they are malformed or given twice', async () => {
    const { user } = await enter(kit())
    const token = await kit().accounts.generateUserSessionToken(user)
    const phone = openBrowser(kit().auth, { native: true })
    const asks = async (authorization: string) =>
      (await phone.request('GET', '/session', { headers: { authorization } })).status
    expect(await asks(`Bearer ${token}`)).toBe(200)
    for (const wrong of [
      token,
      `Basic ${token}`,
      `Bearer ${token}, Bearer ${token}`,
      `Bearer  ${token}`,
      'Bearer',
    ])
      expect(await asks(wrong)).toBe(401)
  })

  it('are worth nothing where cookies are the transport', async () => {
    const cookieAuth = await postgres.open()
    const { identity } = await cookieAuth.auth.accounts.findOrCreateEmailIdentity('ada@example.com')
    const token = await cookieAuth.auth.accounts.generateUserSessionToken({ id: identity.userId })
    const headers = { authorization: `Bearer ${token}` }
    const browser = openBrowser(cookieAuth.auth)
    expect((await browser.request('GET', '/session', { headers })).status).toBe(401)
    await cookieAuth.auth.close()
  })
})

describe('a session', () => {
  const kit = useKit(postgres.open, { ...roomy, strategies: [password()] })

  async function signIn() {
    const { user } = await enter(kit())
    const browser = openBrowser(kit().auth)
    browser.jar.set('latchkey', await kit().accounts.generateUserSessionToken(user))
    return { user, browser }
  }

  async function idleEnd(user: { id: string }): Promise<number> {
    return (await kit().accounts.listUserSessions(user))[0]?.idleExpiresAt.getTime() ?? 0
  }

  it('is extended by activity once an hour at most, and never past its end', async () => {
    const { user, browser } = await signIn()
    const begun = await idleEnd(user)
    kit().clock.advance('59m')
    await browser.get('/session')
    expect(await idleEnd(user)).toBe(begun)
    kit().clock.advance('2m')
    await browser.get('/user')
    expect(await idleEnd(user)).toBeGreaterThan(begun + 3_600_000)
    for (let week = 0; week < 13; week++) {
      kit().clock.advance('6d')
      expect((await browser.get('/session')).status).toBe(200)
    }
    for (const days of ['11d', '2d'] as const) kit().clock.advance(days)
    expect((await browser.get('/session')).status).toBe(401)
    expect(browser.jar.has('latchkey')).toBe(false)
  })

  it('that is idle for two weeks is over', async () => {
    const { browser } = await signIn()
    kit().clock.advance('15d')
    expect((await browser.get('/session')).status).toBe(401)
  })

  it('is seen by the host’s own routes, and extended there', async () => {
    const { user, browser } = await signIn()
    const request = (cookie: string): Request =>
      new Request('https://host.example/reports', { headers: { cookie } })
    const cookie = `latchkey=${browser.jar.get('latchkey') ?? ''}`
    const scope = await kit().auth.scope(request(`theme=dark; ${cookie}`))
    expect(scope?.user.id).toBe(user.id)
    const begun = await idleEnd(user)
    kit().clock.advance('2h')
    await kit().auth.scope(request(cookie))
    expect(await idleEnd(user)).toBeGreaterThan(begun + 3_600_000)
    for (const none of ['', 'latchkey=', `${cookie}x`, `${cookie}; latchkey=another`])
      expect(await kit().auth.scope(request(none))).toBeNull()
    await kit().accounts.revokeUserSessions(user)
    expect(await kit().auth.scope(request(cookie))).toBeNull()
  })
})
