/**
 * The network swallows what the database answers for three seconds, while every connection stays up: what was in flight
 * is told so, the connections that did not answer are destroyed, and the node serves again by itself.
 */

import { afterAll, beforeAll, expect, it } from 'vitest'
import { createAuth } from '../../src/index.js'
import { openPostgres } from '../../src/store/postgres.js'
import { createDatabase } from '../harness/engines.js'
import type { Proxy } from '../harness/proxy.js'
import { startProxy } from '../harness/proxy.js'
import type { RunningServer } from '../harness/server.js'
import { createBrowser, runCommand, startServer } from '../harness/server.js'

const secret = 'a secret of tests that opens nothing else'
const outageMs = 3_000
// The limit of a statement, a new connection, and a machine that is busy with other things.
const recoveryMs = 15_000

let url: string
let proxy: Proxy
let server: RunningServer | undefined

beforeAll(async () => {
  url = await createDatabase()
  const migrated = runCommand(['migrate'], { DATABASE_URL: url })
  if (migrated.status !== 0) throw new Error(migrated.stderr)
  proxy = await startProxy(url)
})
afterAll(async () => {
  await server?.stop()
  await proxy.close()
})

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

it('serves again within seconds, and ends at SIGTERM', { timeout: 120_000 }, async () => {
  const running = (server = await startServer({ DATABASE_URL: proxy.url, LATCHKEY_SECRET: secret }))
  const browser = createBrowser(running.url)
  // Each at another address, so that no attempt waits for the limit of another one.
  let asked = 0
  const attempt = async (): Promise<number> => {
    const body = { email: `ada-${++asked}@example.com`, password: 'seven wooden lanterns drifting' }
    return (await browser.request('POST', '/auth/password/request', body)).status
  }
  const ready = async (): Promise<number> => (await browser.request('GET', '/auth/ready')).status
  expect([await attempt(), await ready()]).toEqual([401, 200])

  // More than the pool has connections, so that each of them is waiting when the answers are lost.
  const resume = proxy.swallow()
  const inFlight = Array.from({ length: 30 }, attempt)
  const judged = performance.now()
  expect(await ready()).toBe(503)
  expect(performance.now() - judged).toBeLessThan(10_000)
  await pause(Math.max(0, outageMs - (performance.now() - judged)))
  resume()
  const resumed = performance.now()
  await expect.poll(ready, { timeout: recoveryMs, interval: 100 }).toBe(200)
  await expect.poll(attempt, { timeout: recoveryMs, interval: 100 }).toBe(401)
  expect(performance.now() - resumed).toBeLessThan(recoveryMs)
  // Each was answered: with a fault, or by what came after it.
  expect((await Promise.all(inFlight)).filter((status) => ![401, 503].includes(status))).toEqual([])

  // Once more, and now it is asked to end while nothing comes back.
  proxy.swallow()
  const last = attempt().catch(() => 0)
  const endedAt = performance.now()
  const code = await running.stop()
  server = undefined
  expect(code).toBe(0)
  expect(performance.now() - endedAt).toBeLessThan(26_000)
  expect([0, 503]).toContain(await last)
})

it(
  'fails a statement whose answer is lost, and gives its connection to nobody else',
  { timeout: 60_000 },
  async () => {
    const own = await startProxy(url)
    const database = await openPostgres(own.url, {
      max: 1,
      statementTimeoutMs: 2_000,
      connectTimeoutMs: 5_000,
    })
    const backend = async (): Promise<unknown> =>
      (await database.query({ text: 'select pg_backend_pid() as pid', values: [] })).rows[0]?.['pid']
    const first = await backend()
    const resume = own.swallow()
    await expect(backend()).rejects.toThrow('Query read timeout')
    resume()
    const second = await backend()
    expect(second).not.toBe(first)
    const inTransaction = database.transaction(async (tx) => {
      own.swallow()
      await tx.query({ text: 'select 1', values: [] })
    })
    const began = performance.now()
    await expect(inTransaction).rejects.toThrow('Query read timeout')
    // One limit, and not a second one for a rollback that waits behind the first.
    expect(performance.now() - began).toBeLessThan(5_500)
    await database.close()
    await own.close()
  },
)

it('hears notifications again after signs of life were lost', { timeout: 60_000 }, async () => {
  const own = await startProxy(url)
  const auth = await createAuth({ database: own.url, secret, outbox: { worker: false } })
  const database = await openPostgres(own.url)
  const heard: (string | null)[] = []
  await database.listen('things', (payload) => heard.push(payload))
  await expect.poll(() => heard).toEqual([null])
  const resume = own.swallow()
  await pause(outageMs)
  resume()
  await expect.poll(() => heard.length, { timeout: recoveryMs }).toBe(2)
  const text = `select pg_notify('things', 'after')`
  await auth.query(text)
  await expect.poll(() => heard, { timeout: recoveryMs }).toEqual([null, null, 'after'])
  await database.close()
  await auth.close()
  await own.close()
})
