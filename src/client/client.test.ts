/** The client: which route each method calls, what it resolves to, and how it rejects. */

import { describe, expect, it } from 'vitest'
import { AuthError as ServerError } from '../base/index.js'
import { AuthError, createClient } from './index.js'
import type { Client, ClientOptions } from './index.js'

interface Asked {
  readonly url: string
  readonly init: RequestInit
}

const user = { id: 'u1' }
const problem = {
  type: 'urn:latchkey:input_invalid',
  title: 'The input is invalid.',
  status: 422,
  code: 'input_invalid',
  requestId: 'r1',
  fields: [{ field: 'password', rule: 'min', limit: 12 }],
}

/** A client whose server always gives the same response, and the requests it received. */
function setUp(answer: () => Response | Promise<Response>, options: Partial<ClientOptions> = {}) {
  const asked: Asked[] = []
  const send = (url: unknown, init: RequestInit = {}) => {
    asked.push({ url: String(url), init })
    return Promise.resolve(answer())
  }
  const client = createClient({ baseUrl: 'https://app.example/', fetch: send, ...options })
  return { client, asked, last: () => asked.at(-1) as Asked }
}

const gone = () => new Response(null, { status: 204 })
const json = (body: object, status = 200, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers })
const refusalOf = async (promise: Promise<unknown>): Promise<AuthError> => {
  const error: unknown = await promise.catch((thrown: unknown) => thrown)
  if (!AuthError.is(error)) throw new Error('It was not refused.')
  return error
}

const email = 'ada@example.com'
const password = 'seven wooden lanterns'
const phone = '+351912345678'
const routes: [string, (client: Client) => Promise<unknown>, object?][] = [
  ['POST /sign-up', (c) => c.signUp({ email, password }), { email, password }],
  ['POST /password/request', (c) => c.password.request({ email, password }), { email, password }],
  [
    'PUT /password',
    (c) => c.password.change({ currentPassword: 'a', password }),
    { currentPassword: 'a', password },
  ],
  ['POST /magic-link/request', (c) => c.magicLink.request({ email }), { email }],
  ['POST /magic-link/callback', (c) => c.magicLink.callback({ token: 't' }), { token: 't' }],
  ['POST /magic-link/callback', (c) => c.magicLink.callback(undefined), {}],
  ['POST /magic-link/approve', (c) => c.magicLink.approve({ number: '42' }), { number: '42' }],
  ['GET /magic-link/wait', (c) => c.magicLink.waiting()],
  ['POST /magic-link/wait', (c) => c.magicLink.finish(), {}],
  ['POST /magic-link/end', (c) => c.magicLink.end({ token: 't' }), { token: 't' }],
  ['POST /email-otp/request', (c) => c.emailOtp.request({ email }), { email }],
  ['POST /email-otp/callback', (c) => c.emailOtp.callback({ email, code: '1' }), { email, code: '1' }],
  ['POST /sms-otp/request', (c) => c.smsOtp.request({ phone }), { phone }],
  ['POST /sms-otp/callback', (c) => c.smsOtp.callback({ phone, code: '1' }), { phone, code: '1' }],
  ['POST /whatsapp/request', (c) => c.whatsapp.request({ phone }), { phone }],
  ['POST /whatsapp/callback', (c) => c.whatsapp.callback({ phone, code: '1' }), { phone, code: '1' }],
  ['POST /my%2Fown/request', (c) => c.strategy('my/own').request({ a: 1 }), { a: 1 }],
  ['POST /own/callback', (c) => c.strategy('own').callback({ a: 1 }), { a: 1 }],
  ['POST /verification/request', (c) => c.verification.request({ email }), { email }],
  ['POST /verification/callback', (c) => c.verification.callback({ token: 't' }), { token: 't' }],
  ['POST /recovery/request', (c) => c.recovery.request({ email }), { email }],
  [
    'POST /recovery/callback',
    (c) => c.recovery.callback({ email, code: '1', password }),
    { email, code: '1', password },
  ],
  ['GET /session', (c) => c.session.get()],
  ['DELETE /session', (c) => c.session.delete()],
  ['GET /sessions', (c) => c.sessions.list()],
  ['DELETE /sessions/a%2F..', (c) => c.sessions.delete('a/..')],
  ['DELETE /sessions', (c) => c.sessions.deleteOthers()],
  ['GET /user', (c) => c.user.get()],
  ['PATCH /user', (c) => c.user.update({ name: null }), { name: null }],
  ['DELETE /user', (c) => c.user.delete()],
  ['GET /identities', (c) => c.identities.list()],
  ['GET /health', (c) => c.health()],
  ['GET /ready', (c) => c.ready()],
]

describe('a method', () => {
  it.each(routes)('asks %s', async (route, ask, body) => {
    const { client, last } = setUp(() => json({ user, status: 'ok', sessions: [], identities: [] }))
    await ask(client)
    const { url, init } = last()
    expect(`${init.method ?? ''} ${url}`).toBe(route.replace(' ', ' https://app.example/auth'))
    expect(init.body).toBe(body === undefined ? undefined : JSON.stringify(body))
    expect(init.credentials).toBe('include')
    expect(init.headers).not.toHaveProperty('Authorization')
    expect('Content-Type' in (init.headers as object)).toBe(body !== undefined)
  })

  it('gives what was answered', async () => {
    const scope = { user, session: { id: 's1' } }
    expect(await setUp(() => json(scope)).client.session.get()).toEqual(scope)
    expect(await setUp(() => json({ user })).client.user.get()).toEqual(user)
    expect(await setUp(() => json({ sessions: [1] })).client.sessions.list()).toEqual([1])
    await expect(setUp(gone).client.sessions.deleteOthers()).resolves.toBeUndefined()
    const sent = setUp(() => json({ status: 'verification_sent', codeLength: 6 }, 202))
    await expect(sent.client.signUp({ email, password })).resolves.toBeUndefined()
  })

  it('gives null where nobody is signed in, or the other browser has not approved yet', async () => {
    const nobody = () => json({ ...problem, code: 'session_required', status: 401 }, 401)
    expect(await setUp(nobody).client.session.get()).toBeNull()
    expect(await setUp(() => json({ status: 'waiting' }, 202)).client.magicLink.finish()).toBeNull()
  })

  it('stands below another base path, or on the page’s own origin', async () => {
    const { client, last } = setUp(gone, { baseUrl: '', basePath: '/accounts' })
    await client.session.delete()
    expect(last().url).toBe('/accounts/session')
    expect(client.eventsUrl).toBe('/accounts/session/events')
  })
})

describe('a refusal', () => {
  it('is an AuthError with the code, the fields and the sentence of the server', async () => {
    const error = await refusalOf(setUp(() => json(problem, 422)).client.signUp({ email, password: 'x' }))
    expect(error).toMatchObject({
      code: 'input_invalid',
      message: problem.title,
      fields: problem.fields,
      requestId: 'r1',
    })
    expect(ServerError.is(error, 'input_invalid')).toBe(true)
    expect(AuthError.is(new ServerError('not_found'), 'not_found')).toBe(true)
  })

  it('says when to try again, in milliseconds', async () => {
    const limited = () => json({ ...problem, code: 'rate_limited' }, 429, { 'retry-after': '30' })
    expect((await refusalOf(setUp(limited).client.user.get())).retryAfterMs).toBe(30_000)
    expect((await refusalOf(setUp(() => json(problem, 422)).client.user.get())).retryAfterMs).toBeUndefined()
  })

  it('names the ways that are strong enough', async () => {
    const stale = () => json({ ...problem, code: 'assurance_required', methods: ['password'] }, 403)
    expect((await refusalOf(setUp(stale).client.user.delete())).methods).toEqual(['password'])
  })

  it('is `unavailable` where the network fails', async () => {
    const { client } = setUp(() => Promise.reject(new TypeError('fetch failed')))
    const error = await refusalOf(client.session.get())
    expect(error.code).toBe('unavailable')
    expect(error.cause).toBeInstanceOf(TypeError)
  })

  it.each([
    [502, 'unavailable'],
    [503, 'unavailable'],
    [504, 'unavailable'],
    [429, 'rate_limited'],
    [500, 'internal'],
    [404, 'internal'],
    [200, 'internal'],
  ])('is read from the status where a page answered in our place: %i', async (status, code) => {
    const page = () => new Response('<!doctype html>', { status })
    expect((await refusalOf(setUp(page).client.user.get())).code).toBe(code)
  })

  it('is not taken for what only looks like one', () => {
    for (const value of [null, 'AuthError', {}, { name: 'AuthError' }, new Error('x')])
      expect(AuthError.is(value)).toBe(false)
    expect(AuthError.is(new AuthError('not_found'), 'internal')).toBe(false)
  })
})

describe('whoever listens', () => {
  it('is told after a sign-in and a sign-out, and no longer than wanted', async () => {
    let told = 0
    const { client } = setUp(() => json({ user }))
    const end = client.subscribe(() => told++)
    await client.password.request({ email, password })
    expect(told).toBe(1)
    await client.session.get()
    expect(told).toBe(1)
    await client.session.delete()
    expect(told).toBe(2)
    end()
    await client.session.delete()
    expect(told).toBe(2)
  })

  it('is not told of a sign-in that was refused or is not finished', async () => {
    let told = 0
    const refused = setUp(() => json({ ...problem, code: 'invalid_credentials' }, 401)).client
    refused.subscribe(() => told++)
    await refusalOf(refused.password.request({ email, password }))
    const waiting = setUp(() => json({ status: 'waiting' }, 202)).client
    waiting.subscribe(() => told++)
    await waiting.magicLink.finish()
    expect(told).toBe(0)
  })
})

describe('a native application', () => {
  function native(answer: () => Response, token: string | null) {
    let kept = token
    const store = { flow: 'f1', read: () => kept, write: (next: string | null) => void (kept = next) }
    return { ...setUp(answer, { native: store }), kept: () => kept }
  }

  it('keeps the token of a sign-in, and shows it with the name of its device instead of a cookie', async () => {
    const { client, last, kept } = native(() => json({ user, token: 'secret' }), null)
    await client.password.request({ email, password })
    expect(kept()).toBe('secret')
    expect(last().init.headers).not.toHaveProperty('Authorization')
    await client.user.get()
    expect(last().init.headers).toMatchObject({ Authorization: 'Bearer secret', 'Latchkey-Flow': 'f1' })
    expect(last().init.credentials).toBe('omit')
  })

  it('forgets it at a sign-out, and when it is over', async () => {
    const out = native(gone, 'secret')
    await out.client.session.delete()
    expect(out.kept()).toBeNull()
    const over = native(() => json({ ...problem, code: 'session_required' }, 401), 'secret')
    await over.client.session.get()
    expect(over.kept()).toBeNull()
  })

  it('keeps it when the server can’t be reached', async () => {
    const away = native(() => new Response('', { status: 503 }), 'secret')
    await refusalOf(away.client.session.delete())
    await refusalOf(away.client.session.get())
    expect(away.kept()).toBe('secret')
  })
})
