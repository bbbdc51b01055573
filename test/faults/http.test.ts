/**
 * Faults over HTTP: what the database or a sender does is never told as wrong credentials, never counts as an attempt,
 * and is over without a restart.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Auth, Message } from '../../src/index.js'
import { createAuth } from '../../src/index.js'
import type { Kit } from '../../src/testing/suite/case.js'
import { createKit, goodPassword, otherPassword, signUp } from '../../src/testing/suite/case.js'
import { postgres } from '../harness/engines.js'
import type { Answer, Browser } from '../harness/http-client.js'
import { openBrowser, refusalOf, roomy } from '../harness/http-client.js'
import type { PostgresServer } from '../harness/postgres.js'
import { startPostgres } from '../harness/postgres.js'
import type { Watch } from '../harness/watched.js'
import { lostAnswer, openWatched, redemptions } from '../harness/watched.js'

const uuid = '0d3f2b1a-1111-4222-8333-444455556666'

/** One request of each route that asks the database, in a browser that holds a session cookie. */
const requests: Readonly<Record<string, (browser: Browser) => Promise<Answer>>> = {
  'POST /sign-up': (browser) =>
    browser.post('/sign-up', { email: 'bo@example.com', password: otherPassword }),
  'POST /password/request': (browser) =>
    browser.post('/password/request', { email: 'ada@example.com', password: goodPassword }),
  'POST /magic-link/request': (browser) => browser.post('/magic-link/request', { email: 'ada@example.com' }),
  'POST /magic-link/callback': (browser) => browser.post('/magic-link/callback', { token: 'A'.repeat(43) }),
  'GET /magic-link/wait': (browser) => browser.get('/magic-link/wait'),
  'POST /magic-link/wait': (browser) => browser.post('/magic-link/wait'),
  'POST /email-otp/callback': (browser) =>
    browser.post('/email-otp/callback', { email: 'ada@example.com', code: '000000' }),
  'POST /verification/request': (browser) =>
    browser.post('/verification/request', { email: 'ada@example.com' }),
  'POST /recovery/request': (browser) => browser.post('/recovery/request', { email: 'ada@example.com' }),
  'POST /recovery/callback': (browser) =>
    browser.post('/recovery/callback', { email: 'ada@example.com', code: '000000', password: otherPassword }),
  'GET /session': (browser) => browser.get('/session'),
  'DELETE /session': (browser) => browser.delete('/session'),
  'GET /sessions': (browser) => browser.get('/sessions'),
  'DELETE /sessions': (browser) => browser.delete('/sessions'),
  'DELETE /sessions/:id': (browser) => browser.delete(`/sessions/${uuid}`),
  'GET /user': (browser) => browser.get('/user'),
  'PATCH /user': (browser) => browser.patch('/user', { name: 'Ada' }),
  'DELETE /user': (browser) => browser.delete('/user'),
  'GET /identities': (browser) => browser.get('/identities'),
  'PUT /password': (browser) =>
    browser.put('/password', { currentPassword: goodPassword, password: otherPassword }),
}

describe('a database that goes away', () => {
  let server: PostgresServer
  let auth: Auth
  let token: string
  const open = (): Browser => {
    const browser = openBrowser(auth)
    browser.jar.set('latchkey', token)
    browser.jar.set('latchkey-flow', uuid)
    return browser
  }

  beforeAll(async () => {
    server = await startPostgres({ fsync: 'off' })
    auth = await createAuth({
      database: server.url,
      migrate: true,
      secret: 'a secret of tests that opens nothing else',
    })
    const account = await auth.accounts.importUser({
      email: 'ada@example.com',
      verified: true,
    })
    await auth.accounts.setPassword(account.user, goodPassword)
    token = await auth.accounts.generateUserSessionToken(account.user)
    expect((await open().get('/session')).status).toBe(200)
    await server.stop('immediate')
  })
  afterAll(async () => {
    await auth.close()
    await server.destroy()
  })

  it.each(Object.entries(requests))(
    'makes %s unavailable, and leaves the cookie of the session',
    async (_name, ask) => {
      const browser = open()
      const answer = await ask(browser)
      expect(refusalOf(answer)).toBe('503 unavailable')
      expect(answer.headers.get('retry-after')).toBe('1')
      expect(browser.jar.get('latchkey')).toBe(token)
    },
  )

  it('makes all of them say the same, but for the id of the request (CVE-2024-32967)', async () => {
    const texts = new Set<string>()
    for (const ask of Object.values(requests)) {
      const { text, headers } = await ask(open())
      texts.add(text.replace(headers.get('x-request-id') ?? '', '<id>'))
    }
    expect([...texts]).toEqual([
      '{"type":"urn:latchkey:unavailable","title":"The service is temporarily unavailable. Try again later.",' +
        '"status":503,"code":"unavailable","requestId":"<id>","retryAfterMs":1000}',
    ])
  })

  it('leaves the process healthy and not ready, and is back without a restart', async () => {
    expect(refusalOf(await open().get('/health'))).toBe('200 ok')
    expect(refusalOf(await open().get('/ready'))).toBe('503 unavailable')
    await expect(
      auth.scope(new Request('http://localhost:3000/', { headers: { cookie: `latchkey=${token}` } })),
    ).rejects.toMatchObject({ code: 'unavailable' })
    await server.start()
    await expect.poll(async () => (await open().get('/session')).status, { timeout: 10_000 }).toBe(200)
    expect(refusalOf(await open().get('/ready'))).toBe('200 ok')
    const { rows } = await auth.query('select count(*)::integer as charged from latchkey.attempts')
    expect(rows[0]?.['charged']).toBe(0)
    const browser = openBrowser(auth)
    const signIn = { email: 'ada@example.com', password: goodPassword }
    expect((await browser.post('/password/request', signIn)).status).toBe(200)
  })
})

describe('one statement that fails', () => {
  let kit: Kit
  let watch: Watch

  beforeAll(async () => {
    const opened = await openWatched(roomy)
    kit = createKit(opened, 'faults')
    watch = opened.watch
  })
  afterAll(() => kit.auth.close())

  const lost = (): Promise<never> => Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))
  const broken = (): Promise<never> =>
    Promise.reject(
      Object.assign(new Error('duplicate key value: (ada@example.com) at 10.0.0.5'), {
        code: '23505',
        detail: 'Key (email)=(ada@example.com) already exists.',
      }),
    )

  async function chargesOf(email: string): Promise<number> {
    const { rows } = await kit.auth.query(
      `select coalesce(sum(count), 0)::integer as charged from latchkey.attempts where subject = $1`,
      [email],
    )
    return rows[0]?.['charged'] as number
  }

  it.each(['password_find', 'password_record_failure', 'password_confirm', 'limits_take', 'limits_admit'])(
    'at a sign-in counts as no attempt and is no wrong password (%s)',
    async (name) => {
      const { identity } = await signUp(kit)
      const email = identity.value
      const hook = watch.before(name, lost)
      const typed = name.endsWith('failure') ? 'a wrong password' : goodPassword
      for (let round = 0; round < 12; round++)
        expect(
          refusalOf(await openBrowser(kit.auth).post('/password/request', { email, password: typed })),
        ).toBe('503 unavailable')
      hook.stop()
      expect(await chargesOf(email)).toBe(0)
      const right = await openBrowser(kit.auth).post('/password/request', { email, password: goodPassword })
      expect(right.status).toBe(200)
    },
  )

  it('at a code, before it was counted, leaves every try', async () => {
    const browser = openBrowser(kit.auth)
    const email = kit.newEmail()
    await browser.post('/email-otp/request', { email })
    const { code } = await kit.inbox.latest(email)
    for (const name of ['verification_count_attempt', 'limits_take']) {
      const hook = watch.before(name, lost)
      for (let round = 0; round < 6; round++)
        expect(refusalOf(await browser.post('/email-otp/callback', { email, code }))).toBe('503 unavailable')
      hook.stop()
    }
    expect((await browser.post('/email-otp/callback', { email, code })).status).toBe(200)
  })

  it('after its commit is unavailable, and the same browser goes on with the same link', async () => {
    const browser = openBrowser(kit.auth)
    const email = kit.newEmail()
    await browser.post('/magic-link/request', { email })
    const { token } = await kit.inbox.latest(email)
    const hook = watch.after(redemptions.link, lostAnswer)
    expect(refusalOf(await browser.post('/magic-link/callback', { token }))).toBe('503 unavailable')
    hook.stop()
    expect(await kit.accounts.isEmailTaken(email)).toBe(true)
    const stranger = await openBrowser(kit.auth).post('/magic-link/callback', { token })
    expect(refusalOf(stranger)).toBe('400 invalid_token')
    const unmade = watch.before('session_create_by_proof', lost)
    expect(refusalOf(await browser.post('/magic-link/callback', { token }))).toBe('503 unavailable')
    unmade.stop()
    expect((await browser.post('/magic-link/callback', { token })).status).toBe(200)
    expect(refusalOf(await browser.post('/magic-link/callback', { token }))).toBe('400 invalid_token')
    const count = `select count(*)::integer as sessions from latchkey.sessions s
      join latchkey.identities i on i.user_id = s.user_id where i.value = $1`
    expect((await kit.auth.query(count, [email])).rows[0]?.['sessions']).toBe(1)
  })

  it('inside is 500, and tells no SQLSTATE, host, address or stack (CVE-2024-32967)', async () => {
    const { identity } = await signUp(kit)
    const texts = new Set<string>()
    const asks: Readonly<Record<string, (browser: Browser) => Promise<Answer>>> = {
      password_find: (browser) =>
        browser.post('/password/request', { email: identity.value, password: goodPassword }),
      sign_up_create: (browser) =>
        browser.post('/sign-up', { email: kit.newEmail(), password: goodPassword }),
      verification_issue_recovery: (browser) => browser.post('/recovery/request', { email: identity.value }),
      session_find: (browser) => browser.get('/session'),
    }
    const session = await kit.accounts.generateUserSessionToken({ id: identity.userId })
    for (const [name, ask] of Object.entries(asks)) {
      const hook = watch.before(name, broken)
      const browser = openBrowser(kit.auth)
      browser.jar.set('latchkey', session)
      const { status, text, headers } = await ask(browser)
      hook.stop()
      expect(status).toBe(500)
      texts.add(text.replace(headers.get('x-request-id') ?? '', '<id>'))
    }
    expect([...texts]).toEqual([
      '{"type":"urn:latchkey:internal","title":"Internal error.","status":500,"code":"internal","requestId":"<id>"}',
    ])
  })
})

describe('a sender', () => {
  it.each(['throws', 'hangs', 'rejects'] as const)('that %s changes no answer', async (way) => {
    const seen: Message[] = []
    const waiting: (() => void)[] = []
    let released = false
    const opened = await postgres.open({
      ...roomy,
      outbox: { worker: true },
      sender: {
        deliver(message) {
          seen.push(message)
          if (way === 'throws') throw new Error(`no ${message.to.value}`)
          if (way === 'rejects') return Promise.reject(new Error('no'))
          return released ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))
        },
      },
    })
    const email = 'ada@example.com'
    const asks: readonly (readonly [string, object])[] = [
      ['/sign-up', { email, password: goodPassword }],
      ['/verification/request', { email }],
      ['/recovery/request', { email }],
      ['/magic-link/request', { email }],
      ['/email-otp/request', { email }],
    ]
    for (const [path, body] of asks) {
      const answer = await openBrowser(opened.auth).post(path, body)
      expect(refusalOf(answer)).toBe('202 verification_sent')
    }
    await expect.poll(() => seen.length).toBeGreaterThan(0)
    const { rows } = await opened.auth.query(
      `select count(*)::integer as open from pg_stat_activity
       where datname = current_database() and state like 'idle in transaction%'`,
    )
    expect(rows[0]?.['open']).toBe(0)
    released = true
    for (const release of waiting) release()
    await opened.auth.close()
  })
})
