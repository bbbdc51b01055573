import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer, request as ask } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { TestAuth } from '../testing/index.js'
import { createTestAuth } from '../testing/index.js'
import { signUp } from '../../test/harness/signed-in.js'
import { createNodeGuards, toNodeHandler } from './node.js'
import type { Answering } from './node.js'

const servers = new Set<Server>()
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  servers.clear()
})

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const server = createServer(answer)
  servers.add(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const serve = (fetch: Answering['fetch']): Promise<number> => {
  const answer = toNodeHandler({ fetch })
  return listen((request, response) => void answer(request, response))
}

// An event that happens once in a handler and that the test waits for.
function createSignal() {
  let send: (value?: unknown) => void = () => undefined
  const sent = new Promise<unknown>((resolve) => (send = resolve))
  return { sent, send }
}

describe('toNodeHandler', () => {
  it('hands over method, address, headers and a body that comes in pieces', async () => {
    const port = await serve(async (request) =>
      Response.json([request.method, request.url, request.headers.get('x-a'), await request.text()]),
    )
    const client = ask({
      port,
      host: '127.0.0.1',
      path: '/auth/x?y=1',
      method: 'POST',
      headers: { 'x-a': 'b' },
    })
    client.write('one ')
    client.write('two ')
    client.end('three')
    const [response] = (await once(client, 'response')) as [IncomingMessage]
    let text = ''
    for await (const chunk of response) text += String(chunk)
    expect(JSON.parse(text)).toEqual(['POST', `http://127.0.0.1:${port}/auth/x?y=1`, 'b', 'one two three'])
  })

  it('answers while a body still comes, when it needs no more of it', async () => {
    const port = await serve(() => Promise.resolve(new Response('enough', { status: 413 })))
    const client = ask({ port, host: '127.0.0.1', method: 'POST' })
    client.on('error', () => undefined)
    client.write('x'.repeat(1000))
    const [response] = (await once(client, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(413)
    client.destroy()
  })

  it('streams an answer piece by piece', async () => {
    let push: ReadableStreamDefaultController<Uint8Array> | undefined
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (push = controller) })
    const port = await serve(() => Promise.resolve(new Response(body)))
    const client = ask({ port, host: '127.0.0.1' }).end()
    push?.enqueue(new TextEncoder().encode('first'))
    const [response] = (await once(client, 'response')) as [IncomingMessage]
    const [first] = (await once(response, 'data')) as [Buffer]
    expect(first.toString()).toBe('first')
    push?.enqueue(new TextEncoder().encode('second'))
    const [second] = (await once(response, 'data')) as [Buffer]
    expect(second.toString()).toBe('second')
    push?.close()
    await once(response, 'end')
  })

  it('says at the signal of the request that the client is gone, and goes on serving', async () => {
    const [gone, arrived] = [createSignal(), createSignal()]
    const port = await serve(async ({ url, signal }) => {
      if (!url.endsWith('/slow')) return new Response('here')
      signal.addEventListener('abort', () => gone.send())
      arrived.send()
      await gone.sent
      return new Response('nobody reads this')
    })
    const client = ask({ port, host: '127.0.0.1', path: '/slow' }).end()
    client.on('error', () => undefined)
    await arrived.sent
    client.destroy()
    await gone.sent
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here')
  })

  it('outlives a connection that breaks in the middle of a body', async () => {
    const failed = createSignal()
    const port = await serve(async (request) => {
      if (request.method === 'GET') return new Response('here')
      await request.text().catch(failed.send)
      return new Response(null, { status: 400 })
    })
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf', () => socket.destroy())
    expect(await failed.sent).toBeInstanceOf(Error)
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here')
  })

  it('sends each cookie on a line of its own', async () => {
    const headers = new Headers()
    const lines = ['a=1; Path=/', 'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'c=3']
    for (const line of lines) headers.append('Set-Cookie', line)
    const port = await serve(() => Promise.resolve(new Response('x', { headers })))
    const client = ask({ port, host: '127.0.0.1' }).end()
    const [response] = (await once(client, 'response')) as [IncomingMessage]
    response.resume()
    expect(response.headers['set-cookie']).toEqual(lines)
  })

  it('tells the address of the socket, whatever the headers say', async () => {
    const port = await serve((_request, peer) => Promise.resolve(Response.json(peer)))
    const headers = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' }
    const answer = await fetch(`http://127.0.0.1:${port}/`, { headers })
    expect(await answer.json()).toEqual({ address: '127.0.0.1' })
  })

  it('sees the whole path where a router has cut its own part off', async () => {
    const answer = toNodeHandler({ fetch: ({ url }) => Promise.resolve(new Response(new URL(url).pathname)) })
    const port = await listen((request, response) => {
      const cut = Object.assign(request, { originalUrl: request.url, url: '/session' })
      void answer(cut, response)
    })
    expect(await (await fetch(`http://127.0.0.1:${port}/auth/session`)).text()).toBe('/auth/session')
  })
})

describe('an engine behind node:http', () => {
  let kit: TestAuth
  beforeAll(async () => {
    kit = await createTestAuth()
  })
  afterAll(() => kit.auth.close())

  it('answers HEAD as GET without a body', async () => {
    const port = await serve(kit.auth.fetch)
    const [head, get] = await Promise.all(
      ['HEAD', 'GET'].map((method) => fetch(`http://127.0.0.1:${port}/auth/health`, { method })),
    )
    expect([head?.status, await head?.text(), await get?.text()]).toEqual([200, '', '{"status":"ok"}'])
    expect(head?.headers.get('content-type')).toBe(get?.headers.get('content-type'))
  })

  it('answers TRACE with 404, and repeats nothing of the request', async () => {
    const port = await serve(kit.auth.fetch)
    const headers = { cookie: 'latchkey=a-secret', 'x-a': 'a-secret' }
    const client = ask({ port, host: '127.0.0.1', method: 'TRACE', path: '/auth/session', headers }).end()
    const [response] = (await once(client, 'response')) as [IncomingMessage]
    let text = JSON.stringify(response.headers)
    for await (const chunk of response) text += String(chunk)
    expect(response.statusCode).toBe(404)
    expect(text).not.toContain('a-secret')
  })

  it('refuses a body without end after 64 KiB, and goes on', async () => {
    const port = await serve(kit.auth.fetch)
    const url = `http://127.0.0.1:${port}/auth/sign-up`
    const headers = { origin: 'http://localhost:3000', 'content-type': 'application/json' }
    const answer = await fetch(url, { method: 'POST', headers, body: 'x'.repeat(70_000) })
    expect(answer.status).toBe(422)
    expect((await fetch(`http://127.0.0.1:${port}/auth/health`)).status).toBe(200)
  })
})

describe('a guard of latchkey/node', () => {
  let kit: TestAuth
  let cookie: string
  beforeAll(async () => {
    kit = await createTestAuth()
    cookie = await signUp(kit, 'ada@example.com')
  })
  afterAll(() => kit.auth.close())

  const open = (kind: 'scope' | 'fresh'): Promise<number> => {
    const guards = createNodeGuards(kit.auth)
    const guard = kind === 'scope' ? guards.requireScope : guards.requireFresh('10m')
    return listen((request: IncomingMessage & { scope?: unknown }, response) =>
      guard(request, response, (error) => {
        const same = request.scope === guards.scopeOf(request)
        response.end(JSON.stringify({ error, same, id: guards.scopeOf(request).user.id }))
      }),
    )
  }
  const get = (port: number, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}/private`, { headers })

  it('goes on with the scope of whoever is signed in', async () => {
    const answer = await get(await open('scope'), { cookie })
    expect(await answer.json()).toEqual({ same: true, id: expect.any(String) as string })
  })

  it.each([{}, { cookie: 'latchkey=nonsense' }, { authorization: 'Bearer nonsense' }])(
    'answers a problem document where nobody is: %j',
    async (headers: Record<string, string>) => {
      const answer = await get(await open('scope'), headers)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'application/problem+json'])
      const body = (await answer.json()) as Record<string, unknown>
      expect(body['code']).toBe('session_required')
      expect(body['requestId']).toBe(answer.headers.get('x-request-id'))
    },
  )

  it('asks for a fresh sign-in, and names the ways', async () => {
    const port = await open('fresh')
    expect((await get(port, { cookie })).status).toBe(200)
    kit.clock.advance('11m')
    const answer = await get(port, { cookie })
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({
      code: 'assurance_required',
      methods: ['password', 'magic-link', 'email-otp'],
    })
  })

  it('tells nothing of a fault', async () => {
    const guards = createNodeGuards({
      requireScope: () => Promise.reject(new Error('the password of the database is hunter2')),
      problem: (thrown) => kit.auth.problem(thrown),
    })
    const port = await listen((request, response) =>
      guards.requireScope(request, response, () => response.end('went on')),
    )
    const answer = await get(port)
    const text = await answer.text()
    expect([answer.status, text.includes('hunter2'), text.includes('went on')]).toEqual([500, false, false])
  })

  it('is refused when it is made with what is no duration', () => {
    const { requireFresh, scopeOf } = createNodeGuards(kit.auth)
    expect(() => requireFresh('10 minutes' as '10m')).toThrow(TypeError)
    expect(() => scopeOf({})).toThrow(TypeError)
  })
})
