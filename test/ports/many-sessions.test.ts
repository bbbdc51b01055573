/** How many sessions a user has, on a real server: the cap, lists by page, and endings of more than anybody should have. */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Auth } from '../../src/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import type { PostgresServer } from '../harness/postgres.js'
import { startPostgres } from '../harness/postgres.js'

// A million with `LATCHKEY_PLAN_ROWS=1000000`, as `npm run plans` has it.
const many = Number(process.env['LATCHKEY_PLAN_ROWS'] ?? 50_000)

describe('the sessions of one user', () => {
  let server: PostgresServer
  let pool: pg.Pool
  let auth: Auth
  let count = 0

  beforeAll(async () => {
    server = await startPostgres({ max_wal_size: "'8GB'" })
    const database = await server.createDatabase()
    const options = { database, migrate: true, outbox: { worker: false }, session: { maxPerUser: 10 } }
    auth = (await createTestAuth(options)).auth
    pool = new pg.Pool({ connectionString: database })
  })
  afterAll(async () => {
    await auth.close()
    await pool.end()
    await server.destroy()
  })

  async function newUser() {
    const { user } = await auth.accounts.importUser({ email: `many-${++count}@example.com`, verified: true })
    return user
  }

  const signIn = (user: { id: string }, userAgent?: string): Promise<string> =>
    auth.accounts.generateUserSessionToken(user, userAgent === undefined ? {} : { userAgent })

  async function fill(user: { id: string }, rows: number): Promise<void> {
    await pool.query(
      `insert into latchkey.sessions (id, user_id, secret_hash, authenticated_at, valid_since, seen_at, idle_expires_at,
          expires_at, methods, created_at)
        select gen_random_uuid(), $1, sha256(n::text::bytea), t, t, t, now() + interval '1 day', now() + interval '1 day',
          '{}', t
        from generate_series(1, $2::integer) n, lateral (select now() - n * interval '1 ms' as t) moment`,
      [user.id, rows],
    )
    await pool.query('analyze latchkey.sessions')
  }

  async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
    const begun = performance.now()
    await work()
    return performance.now() - begun
  }

  it('are at most session.maxPerUser: a further sign-in ends the oldest, and says so', async () => {
    const user = await newUser()
    const tokens: string[] = []
    for (let each = 0; each < 10; each++) tokens.push(await signIn(user))
    const [first = '', second = ''] = tokens
    const oldest = (await auth.accounts.getSession(first))?.session.id
    const told: unknown[] = []
    const stop = auth.on('session.revoked', (event) => void told.push(event.sessionId))
    await signIn(user)
    stop()
    expect(await auth.accounts.getUserBySessionToken(first)).toBeNull()
    expect(await auth.accounts.getUserBySessionToken(second)).not.toBeNull()
    expect(await auth.accounts.listUserSessions(user)).toHaveLength(10)
    expect(told).toEqual([oldest])
    const { rows } = await pool.query(
      `select session_id from latchkey.audit where user_id = $1 and event = 'session.revoked'`,
      [user.id],
    )
    expect(rows).toEqual([{ session_id: oldest }])
  })

  it('are no more after many sign-ins at once', async () => {
    const user = await newUser()
    for (let each = 0; each < 9; each++) await signIn(user)
    await Promise.all(Array.from({ length: 16 }, () => signIn(user)))
    const { rows } = await pool.query<{ count: number }>(
      'select count(*)::integer as count from latchkey.sessions where user_id = $1',
      [user.id],
    )
    expect(rows[0]?.count).toBe(10)
  })

  it('are listed by page, the latest first, also after one was spared', async () => {
    const user = await newUser()
    const kept = await signIn(user, 'kept')
    await signIn(user, 'ended')
    const except = (await auth.accounts.getSession(kept))?.session.id ?? ''
    await auth.accounts.revokeUserSessions(user, { except })
    for (const name of ['second', 'third', 'fourth']) await signIn(user, name)
    const names: (string | null)[] = []
    let after: { id: string } | undefined
    for (;;) {
      const page = await auth.accounts.listUserSessions(user, { after, limit: 2 })
      names.push(...page.map(({ userAgent }) => userAgent))
      after = page.at(-1)
      if (page.length < 2) break
    }
    expect(names).toEqual(['fourth', 'third', 'second', 'kept'])
    expect(await auth.accounts.listUserSessions(user, { after: { id: user.id } })).toEqual([])
    await expect(auth.accounts.listUserSessions(user, { limit: 1001 })).rejects.toMatchObject({
      code: 'input_invalid',
    })
  })

  it(`are taken back in well under a second when there are ${many.toLocaleString('en')}`, async () => {
    const user = await newUser()
    await fill(user, many)
    expect(await auth.accounts.listUserSessions(user)).toHaveLength(10)
    expect(await millisecondsOf(() => auth.accounts.listUserSessions(user))).toBeLessThan(1000)
    let ended: readonly string[] = []
    const endings = [
      async () => void (ended = await auth.accounts.revokeUserSessions(user)),
      () => auth.accounts.setPassword(user, 'a long and quiet afternoon'),
      () => auth.accounts.disableUser(user),
    ]
    for (const ending of endings) {
      expect(await millisecondsOf(ending)).toBeLessThan(1000)
      expect(await auth.accounts.listUserSessions(user)).toEqual([])
      await auth.accounts.enableUser(user)
    }
    expect(ended).toHaveLength(1000)
    const token = await signIn(user)
    expect(await millisecondsOf(() => auth.accounts.listUserSessions(user))).toBeLessThan(1000)
    expect(await auth.accounts.getUserBySessionToken(token)).not.toBeNull()
  })

  it('stay ended when their rows are still there: none is spared, revoked or extended again', async () => {
    const user = await newUser()
    await fill(user, 1500)
    await auth.accounts.revokeUserSessions(user)
    const { rows } = await pool.query<{ id: string }>(
      'select id from latchkey.sessions where user_id = $1 limit 1',
      [user.id],
    )
    const dead = rows[0]?.id ?? ''
    expect(dead).not.toBe('')
    expect(await auth.accounts.revokeUserSession(user, dead)).toEqual([])
    expect(await auth.accounts.touchSession({ id: dead })).toBeNull()
    expect(await auth.accounts.revokeUserSessions(user, { except: dead })).toEqual([])
    expect(await auth.accounts.listUserSessions(user)).toEqual([])
  })
})
