/**
 * Sign-ins by the old password while it changes, on a server that writes to its disk: none outlives the change, wherever
 * its sessions are kept and however long the change takes.
 */

import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Auth, User } from '../../src/index.js'
import { AuthError, createAuth } from '../../src/index.js'
import { redisSessions } from '../../src/redis/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import { goodPassword, otherPassword } from '../../src/testing/suite/case.js'
import type { OpenedAuth } from '../harness/engines.js'
import { hold } from '../harness/held.js'
import { useKit } from '../harness/kit.js'
import { startPostgres } from '../harness/postgres.js'
import type { PostgresServer } from '../harness/postgres.js'
import { startRedis } from '../harness/redis.js'
import type { RedisServer } from '../harness/redis.js'

let server: PostgresServer

async function open(): Promise<OpenedAuth> {
  const url = await server.createDatabase()
  return { ...(await createTestAuth({ database: url, migrate: true })), url }
}

beforeAll(async () => {
  server = await startPostgres()
})
const kit = useKit(open)
afterAll(() => server.destroy())

interface Person {
  readonly user: User
  readonly email: string
}

async function arrive({ accounts }: Auth, email: string): Promise<Person> {
  const { user } = await accounts.importUser({ email, verified: true })
  await accounts.setPassword(user, goodPassword)
  return { user, email }
}

/** The token of a sign-in by the password that the person had at first, or null where it is refused as wrong. */
async function signInAsBefore({ accounts }: Auth, { email }: Person): Promise<string | null> {
  try {
    const { user, authenticatedAt } = await accounts.authenticateWithPassword({
      email,
      password: goodPassword,
    })
    return await accounts.generateUserSessionToken(user, { authenticatedAt })
  } catch (error) {
    if (AuthError.is(error, 'invalid_credentials') || AuthError.is(error, 'not_found')) return null
    throw error
  }
}

/** Signs in again and again, four at a time, until the change is done. The sessions that outlive it. */
async function outliving(auth: Auth, person: Person, change: () => Promise<void>): Promise<number> {
  let changed = false
  const tokens: (string | null)[] = []
  const signingIn = Array.from({ length: 4 }, async () => {
    while (!changed) tokens.push(await signInAsBefore(auth, person))
  })
  await change()
  changed = true
  await Promise.all(signingIn)
  const live = await Promise.all(tokens.map((token) => auth.accounts.getUserBySessionToken(token)))
  return live.filter((user) => user !== null).length
}

describe('a sign-in by the old password beside a change that is not committed', () => {
  it('is refused once the change is', async () => {
    const { auth, accounts, newEmail } = kit()
    const person = await arrive(auth, newEmail())
    const { beside } = await hold(
      kit(),
      (within) => within.setPassword(person.user, otherPassword),
      () => accounts.authenticateWithPassword({ email: person.email, password: goodPassword }),
    )
    expect(beside).toMatchObject({ code: 'invalid_credentials', reason: 'changed_meanwhile' })
  })

  it('is refused where its hash was to be replaced', async () => {
    const { accounts, newEmail } = kit()
    const email = newEmail()
    // PBKDF2-SHA256 of `goodPassword`, salt `seasalt`, 1000 rounds, as Django writes it.
    const passwordHash = 'pbkdf2_sha256$1000$seasalt$iCIoi5/weYTK8SWc/2xqbjBHOngZQ941OE/EGl1IqCc='
    const { user } = await accounts.importUser({ email, verified: true, passwordHash })
    const { beside } = await hold(
      kit(),
      (within) => within.setPassword(user, otherPassword),
      () => accounts.authenticateWithPassword({ email, password: goodPassword }),
    )
    expect(beside).toMatchObject({ code: 'invalid_credentials', reason: 'changed_meanwhile' })
  })
})

describe('a sign-in that is confirmed without waiting for the disk', () => {
  it("changes the durability of nothing else: not of a caller's transaction, nor of what its connection does next", async () => {
    const { auth, accounts, newEmail, url } = kit()
    const { email } = await arrive(auth, newEmail())
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query('begin')
    const within = accounts.with(client)
    await within.authenticateWithPassword({ email, password: goodPassword })
    expect((await client.query('show synchronous_commit')).rows).toEqual([{ synchronous_commit: 'on' }])
    await client.query('commit')
    await client.end()
    await accounts.authenticateWithPassword({ email, password: goodPassword })
    const settings = Array.from({ length: 10 }, () => auth.query('show synchronous_commit'))
    for (const { rows } of await Promise.all(settings)) expect(rows).toEqual([{ synchronous_commit: 'on' }])
  })
})

describe('a sign-in beside a disabling that is not committed', () => {
  it('is refused once the disabling is', async () => {
    const { auth, accounts, newEmail } = kit()
    const person = await arrive(auth, newEmail())
    const { beside } = await hold(
      kit(),
      (within) => within.disableUser(person.user),
      () => accounts.authenticateWithPassword({ email: person.email, password: goodPassword }),
    )
    expect(beside).toMatchObject({ code: 'invalid_credentials' })
  })
})

describe('a sign-in by the old password while that changes', () => {
  it('leaves no session behind of a user with 10,000 of them', { timeout: 120_000 }, async () => {
    const { auth, newEmail } = kit()
    for (let round = 0; round < 4; round++) {
      const person = await arrive(auth, newEmail())
      await auth.query(
        `insert into latchkey.sessions (id, user_id, secret_hash, authenticated_at, valid_since, seen_at, idle_expires_at,
          expires_at, methods, created_at)
        select gen_random_uuid(), $1, decode(repeat('00', 32), 'hex'), now(), now(), now(), now() + interval '1 day',
          now() + interval '1 day', '{}', now() from generate_series(1, 10000)`,
        [person.user.id],
      )
      const left = await outliving(auth, person, () => auth.accounts.setPassword(person.user, otherPassword))
      expect(left).toBe(0)
    }
  })
})

describe('with sessions on a Redis that answers late', () => {
  const lateMs = 200
  let redis: RedisServer
  let client: Redis
  let watcher: pg.Pool
  let auth: Auth
  /** How many transactions were open, each time that Redis was asked. */
  const open: number[] = []

  beforeAll(async () => {
    redis = await startRedis()
    client = new Redis({ host: '127.0.0.1', port: redis.port })
    const database = await server.createDatabase()
    watcher = new pg.Pool({ connectionString: database })
    const waiting = `select count(*)::integer as open from pg_stat_activity
      where datname = current_database() and state like 'idle in transaction%'`
    const late = new Proxy(client, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        const call = value.bind(target) as (...args: unknown[]) => unknown
        if (name !== 'evalsha' && name !== 'eval') return call
        return async (...args: unknown[]) => {
          const answer = await call(...args)
          await new Promise((resolve) => setTimeout(resolve, lateMs))
          open.push(((await watcher.query<{ open: number }>(waiting)).rows[0] as { open: number }).open)
          return answer
        }
      },
    })
    auth = await createAuth({
      database,
      migrate: true,
      secret: 'a secret of tests that opens nothing else',
      sessions: redisSessions({ client: late, timeout: '5s' }),
      outbox: { worker: false },
    })
  })

  afterAll(async () => {
    await auth.close()
    await watcher.end()
    client.disconnect()
    await redis.destroy()
  })

  it('no sign-in by the old password outlives a change, which spares its own session', async () => {
    for (let round = 0; round < 3; round++) {
      const person = await arrive(auth, `person-${round}@example.com`)
      const kept = await auth.accounts.generateUserSessionToken(person.user)
      const session = (await auth.accounts.getSession(kept))?.session.id ?? ''
      const change = { currentPassword: goodPassword, password: otherPassword, session }
      const left = await outliving(auth, person, () => auth.accounts.changePassword(person.user, change))
      expect(left).toBe(0)
      expect((await auth.accounts.getUserBySessionToken(kept))?.id).toBe(person.user.id)
      expect(await auth.accounts.listUserSessions(person.user)).toHaveLength(1)
    }
  })

  it('a change holds no transaction open while Redis answers', async () => {
    const person = await arrive(auth, 'person-alone@example.com')
    const kept = await auth.accounts.generateUserSessionToken(person.user)
    const session = (await auth.accounts.getSession(kept))?.session.id ?? ''
    open.length = 0
    const change = { currentPassword: goodPassword, password: otherPassword, session }
    await auth.accounts.changePassword(person.user, change)
    await auth.accounts.revokeUserSessions(person.user, { except: session })
    expect(open.length).toBeGreaterThan(3)
    expect(open.every((count) => count === 0)).toBe(true)
  })

  it('a change that a transaction of the host makes spares the session as well', async () => {
    const person = await arrive(auth, 'person-in-transaction@example.com')
    const [kept, other] = [
      await auth.accounts.generateUserSessionToken(person.user),
      await auth.accounts.generateUserSessionToken(person.user),
    ]
    const session = (await auth.accounts.getSession(kept))?.session.id ?? ''
    const tx = await watcher.connect()
    await tx.query('begin')
    const change = { currentPassword: goodPassword, password: otherPassword, session }
    await auth.accounts.with(tx).changePassword(person.user, change)
    await tx.query('commit')
    tx.release()
    expect((await auth.accounts.getUserBySessionToken(kept))?.id).toBe(person.user.id)
    expect(await auth.accounts.getUserBySessionToken(other)).toBeNull()
    await auth.accounts.revokeUserSessions(person.user)
    expect(await auth.accounts.getUserBySessionToken(kept)).toBeNull()
  })
})
