/** What the sweep takes and what it leaves, on a real server, while others work on the same rows. */

import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Auth, AuthOptions } from '../../src/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import { openPostgres, prepareStore } from '../../src/store/index.js'
import type { Database } from '../../src/store/index.js'
import type { PostgresServer } from '../harness/postgres.js'
import { startPostgres } from '../harness/postgres.js'
import { featureSettings } from '../harness/feature-settings.js'

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
      ...featureSettings,
      schema: 'latchkey',
      session: { idleMs: day, absoluteMs: day, renewEveryMs: day, maxPerUser: 100 },
      guesses: { maxAttempts: 5 },
      sessionsElsewhere: false,
      logger,
    })(around, { inTransaction: false })
    await store.sweep({
      dryRun: false,
      claimsAfterMs: 7 * day,
      audit: { keepMs: null, keepPersonalMs: 90 * day },
    })
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

  it('takes browsers that are no longer known and challenges that are over, page by page', async () => {
    const user = await provenUser()
    const browsers = (count: number, ends: string): Promise<unknown> =>
      pool.query(
        `insert into latchkey.known_browsers (browser_hash, user_id, expires_at)
        select sha256(($2 || n)::bytea), $1, now() + $2::interval from generate_series(1, $3) n`,
        [user.id, ends, count],
      )
    const challenges = (count: number, ends: string): Promise<unknown> =>
      pool.query(
        `insert into latchkey.spent (id, expires_at)
        select sha256(($1 || n)::bytea), now() + $1::interval from generate_series(1, $2) n`,
        [ends, count],
      )
    await browsers(2_005, '-1 second')
    await browsers(3, '1 hour')
    await challenges(1_005, '-1 second')
    await challenges(4, '1 hour')
    expect(await auth.accounts.sweep({ dryRun: true })).toMatchObject({ knownBrowsers: 2_005, tolls: 1_005 })
    expect(await auth.accounts.sweep()).toMatchObject({ knownBrowsers: 2_005, tolls: 1_005 })
    const left = `select (select count(*)::integer from latchkey.known_browsers where user_id = $1) as browsers,
      (select count(*)::integer from latchkey.spent) as challenges`
    expect((await pool.query(left, [user.id])).rows).toEqual([{ browsers: 3, challenges: 4 }])
  })

  it('leaves a browser that a sign-in is renewing, and waits for none', async () => {
    const user = await provenUser()
    const browser = await pool.query<{ hash: Buffer }>(
      `insert into latchkey.known_browsers (browser_hash, user_id, expires_at)
      values (sha256('renewed'), $1, now() - interval '1 second') returning browser_hash as hash`,
      [user.id],
    )
    const client = await pool.connect()
    await client.query('begin')
    await client.query(
      `update latchkey.known_browsers set expires_at = now() + interval '90 days' where browser_hash = $1`,
      [browser.rows[0]?.hash],
    )
    expect((await auth.accounts.sweep()).knownBrowsers).toBe(0)
    await client.query('commit')
    client.release()
    expect((await auth.accounts.sweep()).knownBrowsers).toBe(0)
    const { rows } = await pool.query('select from latchkey.known_browsers where user_id = $1', [user.id])
    expect(rows).toHaveLength(1)
  })

  it('empties what is personal in the audit first, and lets its rows go once they are old enough', async () => {
    await pool.query(
      `insert into latchkey.audit (event, outcome, created_at, ip, user_agent, address_mac, actor_type)
      select 'user.updated', 'success', now() - make_interval(days => days), '192.0.2.1', 'Browser', sha256('x'), 'user'
      from unnest(array[401, 399, 91, 89]) days cross join generate_series(1, 600)`,
    )
    expect(await auth.accounts.sweep({ dryRun: true })).toMatchObject({ audit: 600, auditTraces: 1_800 })
    expect(await auth.accounts.sweep()).toMatchObject({ audit: 600, auditTraces: 1_200 })
    const { rows } = await pool.query(
      `select extract(day from now() - created_at)::integer as days, count(*)::integer as rows,
        count(ip)::integer + count(user_agent)::integer + count(address_mac)::integer as personal
      from latchkey.audit where event = 'user.updated' group by 1 order by 1`,
    )
    expect(rows).toEqual([
      { days: 89, rows: 600, personal: 1_800 },
      { days: 91, rows: 600, personal: 0 },
      { days: 399, rows: 600, personal: 0 },
    ])
    expect(warnings).toEqual([])
    expect(await auth.accounts.sweep()).toMatchObject({ audit: 0, auditTraces: 0 })
  })

  it('keeps the audit for as long as its options say, and never for less than the database', async () => {
    const other = await server.createDatabase()
    const client = new pg.Client({ connectionString: other })
    await client.connect()
    const insert = (): Promise<unknown> =>
      client.query(`insert into latchkey.audit (event, outcome, created_at)
        values ('user.updated', 'success', now() - interval '50 days')`)
    const open = async (audit: AuthOptions['audit']): Promise<Auth> =>
      (await createTestAuth({ database: other, migrate: true, logger, audit, outbox: { worker: false } }))
        .auth
    const long = await open({ keep: '60d', keepPersonal: '10d' })
    await insert()
    expect((await long.accounts.sweep()).audit).toBe(0)
    await long.close()
    const without = await open(undefined)
    expect((await without.accounts.sweep()).audit).toBe(0)
    await without.close()
    const short = await open({ keep: '40d', keepPersonal: '10d' })
    expect((await short.accounts.sweep()).audit).toBe(1)
    await client.query(`update latchkey.audit_settings set keep_ms = 60 * 86400000::bigint`)
    await insert()
    expect((await short.accounts.sweep()).audit).toBe(0)
    expect(warnings).toEqual([])
    await short.close()
    await client.end()
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
