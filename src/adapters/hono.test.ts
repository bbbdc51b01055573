import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { signUp } from '../../test/harness/signed-in.js'
import type { TestAuth } from '../testing/index.js'
import { createTestAuth } from '../testing/index.js'
import type { LatchkeyEnv, Mountable } from './hono.js'
import { latchkey, requireFresh, requireScope } from './hono.js'

let kit: TestAuth
let cookie: string
beforeAll(async () => {
  kit = await createTestAuth()
  cookie = await signUp(kit, 'ada@example.com')
})
afterAll(() => kit.auth.close())

function createApp(auth: Mountable = kit.auth) {
  const app = new Hono<LatchkeyEnv>()
  app.use(latchkey(auth))
  app.get('/private', requireScope(), (c) => c.json({ id: c.get('scope').user.id }))
  app.get('/money', requireFresh('10m'), (c) => c.json({ id: c.get('scope').user.id }))
  app.get('*', (c) => c.text(`the host's: ${c.req.path}`))
  return app
}

describe('latchkey()', () => {
  it("answers below the base path, and leaves the rest to the host's routes", async () => {
    const app = createApp()
    expect(await (await app.request('/auth/health')).json()).toEqual({ status: 'ok' })
    expect((await app.request('/auth/nothing')).headers.get('content-type')).toBe('application/problem+json')
    expect((await app.request('/auth')).status).toBe(404)
    for (const path of ['/', '/authors', '/AUTH/health', '/x/auth/health'])
      expect(await (await app.request(path)).text()).toBe(`the host's: ${path}`)
  })

  it('follows another base path', async () => {
    const other = await createTestAuth({ basePath: '/accounts' })
    const app = createApp(other.auth)
    expect((await app.request('/accounts/health')).status).toBe(200)
    expect(await (await app.request('/auth/health')).text()).toContain("the host's")
    await other.auth.close()
  })

  const connections = [
    ['Node', { incoming: { socket: { remoteAddress: '192.0.2.1' } } }, '192.0.2.1'],
    [
      'Node, below another binding',
      { server: { incoming: { socket: { remoteAddress: '192.0.2.1' } } } },
      '192.0.2.1',
    ],
    ['Node, when the socket is gone', { incoming: { socket: {} } }, null],
    ['Bun', { address: '192.0.2.2', requestIP: bunAddress }, '192.0.2.2'],
    ['Bun, below another binding', { server: { address: '192.0.2.2', requestIP: bunAddress } }, '192.0.2.2'],
    ['Deno', { remoteAddr: { hostname: '192.0.2.3', transport: 'tcp' } }, '192.0.2.3'],
    ['nothing known', {}, null],
  ] as const
  function bunAddress(this: { address: string }) {
    return { address: this.address }
  }

  it.each(connections)('tells the address of the connection: %s', async (_name, env, address) => {
    const seen = vi.fn<Mountable['fetch']>(() => Promise.resolve(new Response('x')))
    const app = createApp({ ...kit.auth, fetch: seen })
    const headers = { 'x-forwarded-for': '203.0.113.9', 'cf-connecting-ip': '203.0.113.9' }
    await app.request('/auth/health', { headers }, env)
    expect(seen.mock.lastCall?.[1]).toEqual({ address })
  })
})

describe('a guard of latchkey/hono', () => {
  it('sets the scope of whoever is signed in', async () => {
    const answer = await createApp().request('/private', { headers: { cookie } })
    const session = await kit.auth.scope(new Request('http://x/', { headers: { cookie } }))
    expect(await answer.json()).toEqual({ id: session?.user.id })
  })

  it('answers a problem document where nobody is', async () => {
    const answer = await createApp().request('/private')
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ code: 'session_required', status: 401 })
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('asks for a fresh sign-in, and names the ways', async () => {
    expect((await createApp().request('/money', { headers: { cookie } })).status).toBe(200)
    kit.clock.advance('11m')
    const answer = await createApp().request('/money', { headers: { cookie } })
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({
      code: 'assurance_required',
      methods: ['password', 'magic-link', 'email-otp'],
    })
    expect((await createApp().request('/private', { headers: { cookie } })).status).toBe(200)
  })

  it('says what is missing where nothing was mounted', async () => {
    const app = new Hono<LatchkeyEnv>()
    const seen = vi.fn()
    app.onError((error, c) => {
      seen(error.message)
      return c.text('', 500)
    })
    app.get('/private', requireScope(), (c) => c.text('in'))
    expect((await app.request('/private')).status).toBe(500)
    expect(seen).toHaveBeenCalledWith('Mount latchkey(auth) before its guards.')
    expect(() => requireFresh('soon' as '1m')).toThrow(TypeError)
  })

  it('lets what a route throws be the fault of that route', async () => {
    const broken = new Hono<LatchkeyEnv>()
    broken.use(latchkey(kit.auth))
    broken.get('/private', requireScope(), () => {
      throw new Error('of the host')
    })
    broken.onError((error, c) => c.text(error.message, 500))
    expect(await (await broken.request('/private', { headers: { cookie } })).text()).toBe('of the host')
  })
})
