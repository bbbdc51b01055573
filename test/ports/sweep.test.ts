/** What the sweep takes and what it leaves, on a real server, while others work on the same rows. */

import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Auth } from '../../src/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import { openPostgres, prepareStore } from '../../src/store/index.js'
import type { Database } from '../../src/store/index.js'
import type { PostgresServer } from '../harness/postgres.js'
import { startPostgres } from '../harness/postgres.js'

const day = 86_400_000

describe('the sweep', () => {
  let server: PostgresServer
  let pool: pg.Pool
  let auth: Auth
  let url = ''
  let count = 0
  const warnings: Record<string, unknown>[] = []
  const logger = {
    debug: () => undefined,
    info: () => undefined,
    error: () => undefined,
    warn: (fields: object) => void warnings.push(fields as Record<string, unknown>),
  }

  beforeAll(async () => {
    server = await startPostgres()
    url = await server.createDatabase()
    auth = (await createTestAuth({ database: url, migrate: true, logger, outbox: { worker: false } })).auth
    pool = new pg.Pool({ connectionString: url })
  })
  beforeEach(() => warnings.splice(0))
  afterAll(async () => {
    await auth.close()
    await pool.end()
    await server.destroy()
  })

  const newEmail = (): string => `sweep-${++count}@example.com`

  async function age(): Promise<void> {
    for (const table of ['users', 'identities'])
      await pool.query(`update latchkey.${table} set created_at = created_at - interval '8 days'`)
  }

  async function pendingUser() {
    return auth.accounts.findOrCreateEmailIdentity(newEmail())
  }

  async function provenUser() {
    const { user } = await auth.accounts.importUser({ email: newEmail(), verified: true })
    return user
  }

  const exists = async (user: { id: string }): Promise<boolean> =>
    (await auth.accounts.getUser(user)) !== null

  // A store whose sweep does something of ours between finding a page and locking its users.
  async function sweepAround(before: () => Promise<unknown>): Promise<void> {
    const database = await openPostgres(url)
    const around: Database = {
      ...database,
      async transaction(work) {
        await before()
        return database.transaction(work)
      },
    }
    const store = prepareStore({
      schema: 'latchkey',
      session: { idleMs: day, absoluteMs: day, renewEveryMs: day, maxPerUser: 100 },
      guesses: { maxAttempts: 5 },
      sessionsElsewhere: false,
      logger,
    })(around, { inTransaction: false })
    await store.sweep({ dryRun: false, claimsAfterMs: 7 * day })
    await database.close()
  }

  it('takes pending users whom nobody proved for long, and whatever hangs on them', async () => {
    const { user } = await pendingUser()
    await age()
    expect((await auth.accounts.sweep({ dryRun: true })).users).toBe(1)
    expect((await auth.accounts.sweep()).users).toBe(1)
    expect(await exists(user)).toBe(false)
  })

  it('leaves a pending user whose link is seconds old, with its message', async () => {
    const { user, identity } = await pendingUser()
    await age()
    await auth.accounts.requestEmailVerification(identity)
    const { users } = await auth.accounts.sweep()
    expect([users, await exists(user)]).toEqual([0, true])
    expect((await auth.outbox.list({ state: 'pending' })).map(({ to }) => to.value)).toContain(identity.value)
  })

  it('leaves a pending user whose link is asked for while a page is found', async () => {
    const { user, identity } = await pendingUser()
    await age()
    await sweepAround(async () => auth.accounts.requestEmailVerification(identity))
    expect(await exists(user)).toBe(true)
  })

  it('leaves a pending user for whom a session was made while a page was found', async () => {
    const { user } = await pendingUser()
    await age()
    let token = ''
    await sweepAround(async () => {
      token ||= await auth.accounts.generateUserSessionToken(user)
    })
    expect((await auth.accounts.getUserBySessionToken(token))?.id).toBe(user.id)
  })

  it('leaves a pending user for whom a session is made in a transaction that is still open', async () => {
    const { user } = await pendingUser()
    await age()
    const client = await pool.connect()
    await client.query('begin')
    const token = await auth.accounts.with(client).generateUserSessionToken(user)
    const swept = auth.accounts.sweep()
    // It skips what is locked, so it ends before the transaction does.
    expect((await swept).users).toBe(0)
    await client.query('commit')
    client.release()
    expect((await auth.accounts.getUserBySessionToken(token))?.id).toBe(user.id)
  })

  it('leaves imported users and their addresses, proven or not', async () => {
    const email = newEmail()
    const { user } = await auth.accounts.importUser({ email, verified: false })
    const both = await auth.accounts.importUser({ email: newEmail(), phone: '+14155550123', verified: true })
    await pool.query(
      `update latchkey.identities set verified_at = null where user_id = $1 and type = 'phone'`,
      [both.user.id],
    )
    await age()
    await auth.accounts.sweep()
    expect(await exists(user)).toBe(true)
    expect(await auth.accounts.listUserIdentities(both.user)).toHaveLength(2)
  })

  it('takes the claims of proven users that nobody proved for long, but none with a proof under way', async () => {
    const user = await provenUser()
    const stale = await auth.accounts.addUserIdentity(user, { type: 'email', value: newEmail() })
    const alive = await auth.accounts.addUserIdentity(user, { type: 'email', value: newEmail() })
    await age()
    await auth.accounts.requestEmailVerification(alive)
    expect((await auth.accounts.sweep()).claims).toBe(1)
    const left = (await auth.accounts.listUserIdentities(user)).map(({ id }) => id)
    expect(left).toContain(alive.id)
    expect(left).not.toContain(stale.id)
  })

  it('goes on past a row that the host refers to, and names it in the log with the cause', async () => {
    const users = [await pendingUser(), await pendingUser(), await pendingUser()]
    const held = users[1]?.user
    await pool.query('create table public.orders (buyer uuid references latchkey.users (id))')
    await pool.query('insert into public.orders values ($1)', [held?.id])
    await age()
    expect((await auth.accounts.sweep()).users).toBe(2)
    expect(held !== undefined && (await exists(held))).toBe(true)
    expect(warnings).toEqual([{ kind: 'users', key: held?.id, cause: 'SQLSTATE 23503 on orders_buyer_fkey' }])
    await pool.query('drop table public.orders')
    expect((await auth.accounts.sweep()).users).toBe(1)
  })

  it('goes on behind a full page of rows that stay', async () => {
    await pool.query('create table public.orders (buyer uuid references latchkey.users (id))')
    await pool.query(
      `insert into latchkey.users (id, created_at, updated_at)
        select md5('held' || n)::uuid, now() - interval '9 days', now() from generate_series(1, 1005) n`,
    )
    await pool.query(
      `insert into latchkey.identities (id, user_id, type, value, value_key, passwordless, created_at, updated_at)
        select md5('claim' || n)::uuid, md5('held' || n)::uuid, 'email', n, n, true,
          now() - interval '9 days', now() from generate_series(1, 1005) n`,
    )
    await pool.query(
      `insert into latchkey.sessions (id, user_id, secret_hash, authenticated_at, valid_since, seen_at,
          idle_expires_at, expires_at, methods, created_at)
        select md5('session' || n)::uuid, md5('held' || n)::uuid, sha256('x'), now(), now(), now(),
          now() + interval '1 day', now() + interval '1 day', '{}', now() from generate_series(1, 1005) n`,
    )
    const { user } = await pendingUser()
    await pool.query(`update latchkey.users set created_at = created_at - interval '8 days' where id = $1`, [
      user.id,
    ])
    await pool.query(
      `update latchkey.identities set created_at = created_at - interval '8 days' where user_id = $1`,
      [user.id],
    )
    expect((await auth.accounts.sweep()).users).toBe(1)
    expect(await exists(user)).toBe(false)
  })

  it('works inside a transaction of the caller, and leaves that whole', async () => {
    const { user } = await pendingUser()
    const held = await pendingUser()
    await pool.query('insert into public.orders values ($1)', [held.user.id])
    await pool.query(`update latchkey.users set created_at = now() - interval '8 days' where id = any ($1)`, [
      [user.id, held.user.id],
    ])
    await pool.query(
      `update latchkey.identities set created_at = now() - interval '8 days' where user_id = any ($1)`,
      [[user.id, held.user.id]],
    )
    const client = await pool.connect()
    await client.query('begin')
    expect((await auth.accounts.with(client).sweep()).users).toBe(1)
    await client.query('commit')
    client.release()
    expect([await exists(user), await exists(held.user)]).toEqual([false, true])
  })
})
