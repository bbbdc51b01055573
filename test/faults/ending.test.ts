/** SIGTERM finishes what is in flight: not ready first, then no new connections, then the requests, then the process. */

import { Agent, request } from 'node:http'
import type { ClientRequest, IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { createDatabase } from '../harness/engines.js'
import type { RunningServer } from '../harness/server.js'
import { runCommand, startServer } from '../harness/server.js'

const secret = 'a secret of tests that opens nothing else'
// Longer than the three seconds after which connections once were cut.
const heldMs = 4_000

interface Answer {
  readonly status: number | string
  readonly headers: IncomingHttpHeaders
}

function open(server: RunningServer, agent: Agent, path: string, length = 0) {
  const method = length > 0 ? 'POST' : 'GET'
  const headers = {
    origin: server.url,
    ...(length > 0 && { 'content-type': 'application/json', 'content-length': length }),
  }
  const sent: ClientRequest = request({ host: 'localhost', port: server.port, path, method, agent, headers })
  const answer = new Promise<Answer>((resolve) => {
    sent.on('response', (response) => {
      response.resume()
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }))
    })
    sent.on('error', (error: NodeJS.ErrnoException) => resolve({ status: error.code ?? '', headers: {} }))
  })
  return { sent, answer }
}

async function get(server: RunningServer, agent: Agent, path: string): Promise<Answer> {
  const { sent, answer } = open(server, agent, path)
  sent.end()
  return answer
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function serve(switches: readonly string[]): Promise<RunningServer> {
  const url = await createDatabase()
  const migrated = runCommand(['migrate'], { DATABASE_URL: url })
  if (migrated.status !== 0) throw new Error(migrated.stderr)
  return startServer({ DATABASE_URL: url, LATCHKEY_SECRET: secret }, switches)
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

it('answers 16 of 16 requests that are in flight on kept connections', { timeout: 60_000 }, async () => {
  const server = await serve(['--drain-delay', '2s'])
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  // Kept connections: each has had an answer before.
  const first = await Promise.all(Array.from({ length: 16 }, () => get(server, agent, '/auth/health')))
  expect(first.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 200))

  const held = Array.from({ length: 16 }, (_, index) => {
    const body = JSON.stringify({ email: `${index}@example.com`, password: 'seven wooden lanterns drifting' })
    return { body, ...open(server, agent, '/auth/password/request', body.length) }
  })
  // The server has the head of each, and half of its body.
  const halfSent = held.map(
    ({ sent, body }) => new Promise<void>((resolve) => sent.write(body.slice(0, 20), () => resolve())),
  )
  await Promise.all(halfSent)
  await expect.poll(() => get(server, agent, '/auth/health').then(({ status }) => status)).toBe(200)

  let ended = false
  const exit = server.stop().then((code) => {
    ended = true
    return code
  })
  const asked = performance.now()
  // Not ready first, while new connections are still served and told to go elsewhere.
  const others = new Agent({ keepAlive: true })
  await expect
    .poll(() => get(server, others, '/auth/ready'), { interval: 50 })
    .toMatchObject({ status: 503, headers: { connection: 'close' } })
  expect(await get(server, others, '/auth/health')).toMatchObject({
    status: 200,
    headers: { connection: 'close' },
  })
  // Then no new connections.
  await expect.poll(() => isListening(server.port), { timeout: 10_000, interval: 50 }).toBe(false)
  await pause(heldMs - (performance.now() - asked))
  expect(ended).toBe(false)
  for (const { sent, body } of held) sent.end(body.slice(20))
  const answers = await Promise.all(held.map(({ answer }) => answer))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 401))
  expect(await exit).toBe(0)
  agent.destroy()
  others.destroy()
})

it('waits for none of them longer than it may', { timeout: 60_000 }, async () => {
  const server = await serve(['--drain-delay', '0', '--shutdown-timeout', '2s'])
  const agent = new Agent({ keepAlive: true })
  const stuck = open(server, agent, '/auth/password/request', 100)
  stuck.sent.write('{')
  await expect.poll(() => get(server, agent, '/auth/health').then(({ status }) => status)).toBe(200)
  expect(await server.stop()).toBe(0)
  expect((await stuck.answer).status).toBe('ECONNRESET')
  agent.destroy()
})
