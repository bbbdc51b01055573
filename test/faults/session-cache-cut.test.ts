/** A node that keeps sessions in memory and loses the channel: what was ended is accepted no longer than the bound. */

import pg from 'pg'
import { afterEach, expect, it, vi } from 'vitest'
import { createAuth } from '../../src/index.js'
import type { Auth } from '../../src/index.js'
import { createDatabase } from '../harness/engines.js'
import { startProxy } from '../harness/proxy.js'

const secret = 'a secret of tests that opens nothing else'
const maxLagMs = 500
const options = { secret, outbox: { worker: false }, sweep: { every: false } } as const
const cleanUp: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each()
})

async function openBoth(url: string, proxied: string) {
  const near = await createAuth({ ...options, database: url, migrate: true })
  const said: string[] = []
  const note = (_: object, words: string) => void said.push(words)
  const logger = { debug: note, info: note, warn: note, error: note }
  const sessionCache = { maxLag: `${maxLagMs}ms` } as const
  const far = await createAuth({ ...options, database: proxied, logger, sessionCache })
  cleanUp.push(
    () => near.close(),
    () => far.close(),
  )
  await reaches(far, 'trusted')
  return { near, far, said }
}

function reaches(auth: Auth, state: string): Promise<void> {
  return vi.waitFor(async () => expect((await auth.health()).sessionCache).toBe(state), {
    interval: 10,
    timeout: 10_000,
  })
}

// Checks the tokens, ends them one after the other, and gives how long after its end each was last accepted.
async function longestLagMs({ near, far }: { near: Auth; far: Auth }, count: number): Promise<number> {
  const { user } = await near.accounts.createUserWithEmail('ada@example.com')
  const tokens = await Promise.all(
    Array.from({ length: count }, () => near.accounts.generateUserSessionToken(user)),
  )
  const lags = tokens.map(async (token, index) => {
    let endedAtMs: number | null = null
    let lagMs = 0
    for (let round = 0; ; round++) {
      const startedAtMs = performance.now()
      const found = await far.accounts.getUserBySessionToken(token)
      if (endedAtMs !== null && found === null) return lagMs
      if (endedAtMs !== null) lagMs = Math.max(lagMs, startedAtMs - endedAtMs)
      if (round === 5 + index) {
        await near.accounts.revokeUserSessionToken(token)
        endedAtMs = performance.now()
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
  })
  return Math.max(...(await Promise.all(lags)))
}

it('a channel that falls silent is not trusted beyond the bound, and another one is opened', async () => {
  const url = await createDatabase()
  const proxy = await startProxy(url)
  cleanUp.push(() => proxy.close())
  const both = await openBoth(url, proxy.url)
  proxy.silence()
  expect(await longestLagMs(both, 20)).toBeLessThanOrEqual(maxLagMs)
  await vi.waitFor(() => expect(both.said).toContain('the session cache is bypassed'), 10_000)
  await reaches(both.far, 'trusted')
})

it('a listener that is cut again and again lets nothing through beyond the bound', async () => {
  const url = await createDatabase()
  const both = await openBoth(url, url)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  cleanUp.push(() => client.end())
  let cutting = true
  let cuts = 0
  const cutter = (async () => {
    while (cutting) {
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen%'`,
      )
      cuts += rowCount ?? 0
    }
  })()
  expect(await longestLagMs(both, 20)).toBeLessThanOrEqual(maxLagMs)
  cutting = false
  await cutter
  expect(cuts).toBeGreaterThan(0)
  await reaches(both.far, 'trusted')
})
