/** Races that are held on purpose: what runs is stopped at a lock, and goes on once everybody is there. */

import pg from 'pg'
import { expect } from 'vitest'
import type { Accounts } from '../../src/index.js'
import type { UrlKit } from './kit.js'

const waiting = `select count(*)::integer as count from pg_stat_activity
  where wait_event_type = 'Lock' and datname = current_database()`

async function untilWaiting({ auth }: UrlKit, count: number): Promise<void> {
  await expect
    .poll(async () => (await auth.query(waiting)).rows[0]?.['count'], { timeout: 10_000, interval: 5 })
    .toBe(count)
}

async function connect({ url }: UrlKit): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

// Its result, or what it threw: a test that expects a result fails at what it does with an error.
function settle<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => error as T)
}

/**
 * Runs `first` in a transaction, begins `second` beside it, and commits once `second` waits for a lock. What `second`
 * threw stands in place of its result.
 */
export async function hold<F, S>(
  kit: UrlKit,
  first: (accounts: Accounts, tx: pg.Client) => Promise<F>,
  second: () => Promise<S>,
): Promise<{ held: F; beside: S }> {
  const client = await connect(kit)
  await client.query('begin')
  const held = await first(kit.accounts.with(client), client)
  const beside = settle(second())
  await untilWaiting(kit, 1)
  await client.query('commit')
  await client.end()
  return { held, beside: await beside }
}

/**
 * Begins all of the work while the row of this user is locked, and lets it go on once all of it waits. What a part of it
 * threw stands in place of its result.
 */
export async function startTogether<T>(
  kit: UrlKit,
  user: { readonly id: string },
  work: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const client = await connect(kit)
  await client.query('begin')
  await client.query('select from latchkey.users where id = $1 for update', [user.id])
  const begun = work.map((each) => settle(each()))
  await untilWaiting(kit, work.length)
  await client.query('commit')
  await client.end()
  return Promise.all(begun)
}
