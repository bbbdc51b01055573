/** What sessions on Redis do beyond the Store suite: with endings, transactions, faults, and what is left behind. */

import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Auth, User } from '../../src/index.js'
import { AuthError, ConfigError, createAuth } from '../../src/index.js'
import { redisSessions } from '../../src/redis/index.js'
import { openPostgres } from '../../src/store/postgres.js'
import type { Database } from '../../src/store/queryable.js'
import { goodPassword, otherPassword } from '../../src/testing/suite/case.js'
import { createDatabase } from '../harness/engines.js'
import { askRedis, startRedis } from '../harness/redis.js'
import type { RedisServer } from '../harness/redis.js'

const secret = 'a secret of tests that opens nothing else'
const patience = { timeout: 20_000, interval: 20 }

let server: RedisServer
let client: Redis
let pool: pg.Pool
let auth: Auth
let user: User
let email: string
let count = 0

function connect(): Redis {
  const connected = new Redis({ host: '127.0.0.1', port: server.port, retryStrategy: () => 50 })
  connected.on('error', () => undefined)
  return connected
}

beforeAll(async () => {
  server = await startRedis()
  client = connect()
  pool = new pg.Pool({ connectionString: await createDatabase() })
  const sessions = redisSessions({ client, timeout: '3s' })
  auth = await createAuth({ database: pool, migrate: true, secret, sessions, outbox: { worker: false } })
})

afterAll(async () => {
  await auth.close()
  client.disconnect()
  await pool.end()
  await server.destroy()
})

beforeEach(async () => {
  email = `person-${++count}@example.com`
  const imported = await auth.accounts.importUser({ email, verified: true })
  user = imported.user
})

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'done'
  } catch (error) {
    return AuthError.is(error) ? error.code : 'raw'
  }
}

function token(): Promise<string> {
  return auth.accounts.generateUserSessionToken(user)
}

async function isLive(given: string): Promise<boolean> {
  return (await auth.accounts.getUserBySessionToken(given)) !== null
}

async function sessionOf(given: string): Promise<string> {
  return (await auth.accounts.getSession(given))?.session.id ?? ''
}

async function keysOf(ids: readonly string[]): Promise<string[]> {
  const keys = (await askRedis(server.port, 'keys', '*')) as string[]
  return keys.filter((key) => ids.some((id) => key.includes(id)))
}

async function inTransaction(end: 'commit' | 'rollback', work: (tx: unknown) => Promise<void>) {
  const tx = await pool.connect()
  try {
    await tx.query('begin')
    await work(tx)
  } finally {
    await tx.query(end)
    tx.release()
  }
}

describe('what ends all sessions of a user', () => {
  it.each(['disableUser', 'revokeUserSessions', 'setPassword', 'deleteUser'] as const)(
    'ends them on Redis too, and leaves no record there (%s)',
    async (ending) => {
      const tokens = [await token(), await token()]
      const ids = await Promise.all(tokens.map(sessionOf))
      if (ending === 'setPassword') await auth.accounts.setPassword(user, goodPassword)
      else await auth.accounts[ending](user)
      for (const each of tokens) expect(await isLive(each)).toBe(false)
      expect(await keysOf([...ids])).toEqual([])
    },
  )

  it('holds although Redis is not there at that moment', async () => {
    const before = await token()
    server.pause()
    await auth.accounts.disableUser(user)
    server.resume()
    await auth.accounts.enableUser(user)
    expect(await isLive(before)).toBe(false)
    expect(await auth.accounts.listUserSessions(user)).toEqual([])
    expect(await isLive(await token())).toBe(true)
  })

  it('writes an audit row for each, and says which they were', async () => {
    const ids = await Promise.all([token(), token()].map(async (each) => sessionOf(await each)))
    expect((await auth.accounts.revokeUserSessions(user)).sort()).toEqual([...ids].sort())
    const text = `select session_id from latchkey.audit where user_id = $1 and event = 'session.revoked'`
    const { rows } = await auth.query(text, [user.id])
    expect(rows.map((row) => row['session_id']).sort()).toEqual([...ids].sort())
  })

  it('never shows a spared session as dead, at any moment', async () => {
    await auth.accounts.setPassword(user, goodPassword)
    const kept = await token()
    const session = await sessionOf(kept)
    let running = true
    const seen: boolean[] = []
    const watching = Array.from({ length: 4 }, async () => {
      while (running) seen.push(await isLive(kept))
    })
    for (const [current, next] of [
      [goodPassword, otherPassword],
      [otherPassword, goodPassword],
    ] as const) {
      await auth.accounts.changePassword(user, { currentPassword: current, password: next, session })
      await auth.accounts.revokeUserSessions(user, { except: session })
    }
    running = false
    await Promise.all(watching)
    expect(seen.length).toBeGreaterThan(10)
    expect(seen).not.toContain(false)
  })

  it('does not spare a session that was dead already, or one of somebody else', async () => {
    const [dead, stranger] = [
      await token(),
      await auth.accounts.importUser({ phone: `+3519123456${10 + count}`, verified: true }),
    ]
    const session = await sessionOf(dead)
    const text = `update latchkey.users set sessions_ended_at = clock_timestamp() where id = $1`
    await auth.query(text, [user.id])
    await auth.accounts.revokeUserSessions(user, { except: session })
    expect(await isLive(dead)).toBe(false)
    const other = await token()
    const except = await sessionOf(other)
    await auth.query(text, [user.id])
    await auth.accounts.revokeUserSessions(stranger.user, { except })
    expect(await isLive(other)).toBe(false)
  })
})

describe('a session of a user whom somebody changes', () => {
  it('is dead for one whom an operator disabled by hand', async () => {
    const given = await token()
    await auth.query('update latchkey.users set disabled_at = now() where id = $1', [user.id])
    expect(await isLive(given)).toBe(false)
    expect(await auth.accounts.listUserSessions(user)).toEqual([])
  })

  it('is not made beside a disabling that is under way', async () => {
    const waiting = `select count(*)::integer as count from pg_stat_activity
      where wait_event_type = 'Lock' and datname = current_database()`
    let made: Promise<string> | undefined
    await inTransaction('commit', async (tx) => {
      await auth.accounts.with(tx).disableUser(user)
      made = codeOf(token())
      await expect.poll(async () => (await auth.query(waiting)).rows[0]?.['count'], patience).toBe(1)
    })
    expect(await made).toBe('not_found')
    await auth.accounts.enableUser(user)
    expect(await auth.accounts.listUserSessions(user)).toEqual([])
  })
})

describe("a caller's transaction", () => {
  it('refuses what it could not take back, and says what to do', async () => {
    const given = await token()
    const session = { id: await sessionOf(given) }
    await inTransaction('rollback', async (tx) => {
      const accounts = auth.accounts.with(tx)
      for (const write of [
        () => accounts.generateUserSessionToken(user),
        () => accounts.touchSession(session),
        () => accounts.revokeUserSession(user, session.id),
        () => accounts.revokeUserSessionToken(given),
      ]) {
        const refused: unknown = await write().catch((error: unknown) => error)
        expect(refused).toBeInstanceOf(TypeError)
        expect((refused as Error).message).toMatch(/after the commit/)
      }
      expect((await accounts.getUserBySessionToken(given))?.id).toBe(user.id)
    })
    expect(await isLive(given)).toBe(true)
  })

  it.each(['commit', 'rollback'] as const)('ends all sessions with it, or not at all (%s)', async (end) => {
    const [given, kept] = [await token(), await token()]
    const [id, except] = [await sessionOf(given), await sessionOf(kept)]
    await inTransaction(end, async (tx) => {
      const accounts = auth.accounts.with(tx)
      expect(await accounts.revokeUserSessions(user, { except })).toEqual([id])
      expect(await accounts.getUserBySessionToken(given)).toBeNull()
      expect(await isLive(given)).toBe(true)
    })
    expect(await isLive(given)).toBe(end === 'rollback')
    expect(await isLive(kept)).toBe(true)
    expect((await auth.accounts.listUserSessions(user)).length).toBe(end === 'rollback' ? 2 : 1)
    expect((await auth.accounts.revokeUserSessions(user)).sort()).toEqual(
      (end === 'rollback' ? [id, except] : [except]).sort(),
    )
  })
})

describe('Redis that goes away', () => {
  it('is unavailable at once, and is back without a restart', async () => {
    const given = await token()
    await server.kill()
    await expect.poll(() => codeOf(isLive(given)), patience).toBe('unavailable')
    const start = performance.now()
    const answers = [isLive(given), token(), auth.accounts.listUserSessions(user)].map(codeOf)
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['unavailable']))
    expect(performance.now() - start).toBeLessThan(3000)
    expect((await auth.health()).status).toBe('unavailable')
    await server.start()
    await expect.poll(() => codeOf(isLive(given)), patience).toBe('done')
    expect(await isLive(given)).toBe(true)
    expect((await auth.health()).status).toBe('ok')
  })

  it('is waited for no longer than its limit, and a session that nobody got is taken back', async () => {
    server.pause()
    const start = performance.now()
    expect(await codeOf(token())).toBe('unavailable')
    expect(performance.now() - start).toBeLessThan(10_000)
    server.resume()
    await expect.poll(async () => (await keysOf([user.id])).length, patience).toBe(1)
    await expect.poll(() => auth.accounts.listUserSessions(user), patience).toEqual([])
  })

  it('may forget its scripts', async () => {
    const given = await token()
    await askRedis(server.port, 'script', 'flush')
    expect(await isLive(given)).toBe(true)
  })

  it('signs everybody out when it loses its data', async () => {
    const given = await token()
    await askRedis(server.port, 'flushall')
    expect(await isLive(given)).toBe(false)
    expect(await auth.accounts.listUserSessions(user)).toEqual([])
  })
})

describe('what stands on Redis', () => {
  it('opens no session', async () => {
    const given = await token()
    const id = await sessionOf(given)
    const stored = JSON.stringify(await askRedis(server.port, 'hgetall', `latchkey:session:{${id}}`))
    expect(stored).toContain(user.id)
    const bytes = Buffer.from(given, 'base64url').subarray(16)
    for (const form of [given, bytes.toString('base64url'), bytes.toString('hex'), bytes.toString('latin1')])
      expect(stored).not.toContain(form)
  })

  it('goes with its time', async () => {
    const id = await sessionOf(await token())
    const idle = Number(await askRedis(server.port, 'pttl', `latchkey:session:{${id}}`))
    expect(idle).toBeLessThanOrEqual(14 * 86_400_000)
    expect(idle).toBeGreaterThan(13 * 86_400_000)
    expect(Number(await askRedis(server.port, 'pttl', `latchkey:user:{${user.id}}`))).toBeGreaterThan(idle)
  })

  it('is of one engine when it has a prefix of its own', async () => {
    const given = await token()
    const sessions = redisSessions({ client, prefix: 'other' })
    const other = await createAuth({ database: pool, secret, sessions, outbox: { worker: false } })
    expect(await other.accounts.getUserBySessionToken(given)).toBeNull()
    expect(await other.accounts.listUserSessions(user)).toEqual([])
    await other.close()
  })

  it('holds session.maxPerUser, and tells which session ended for a further one', async () => {
    const sessions = redisSessions({ client, prefix: 'few' })
    const few = await createAuth({
      database: pool,
      secret,
      sessions,
      session: { maxPerUser: 3 },
      outbox: { worker: false },
    })
    const tokens: string[] = []
    for (let each = 0; each < 3; each++) tokens.push(await few.accounts.generateUserSessionToken(user))
    const [first = '', second = ''] = tokens
    const oldest = (await few.accounts.getSession(first))?.session.id
    const ended: unknown[] = []
    const stop = few.on('session.revoked', (event) => void ended.push(event.sessionId))
    await few.accounts.generateUserSessionToken(user)
    stop()
    expect(ended).toEqual([oldest])
    expect(await few.accounts.getUserBySessionToken(first)).toBeNull()
    expect((await few.accounts.getUserBySessionToken(second))?.id).toBe(user.id)
    const [latest] = await few.accounts.listUserSessions(user, { limit: 1 })
    expect(await few.accounts.listUserSessions(user, { after: latest, limit: 5 })).toHaveLength(2)
    await few.close()
  })

  it('keeps a pending user from the sweep', async () => {
    const pending = await auth.accounts.findOrCreateEmailIdentity(`pending-${count}@example.com`)
    const given = await auth.accounts.generateUserSessionToken(pending.user)
    const other = await auth.accounts.findOrCreateEmailIdentity(`nobody-${count}@example.com`)
    for (const table of ['users', 'identities'])
      await auth.query(`update latchkey.${table} set created_at = created_at - interval '8 days'`)
    await auth.accounts.sweep()
    expect(await auth.accounts.getUser(other.user)).toBeNull()
    expect((await auth.accounts.getUserBySessionToken(given))?.id).toBe(pending.user.id)
  })
})

describe('the options', () => {
  it('are judged when they are given, all at once', () => {
    const wrong = { client: {}, prefix: '{a}', replicas: -1, timeout: 'x', waitTimeout: '0s' }
    let faults: readonly string[] = []
    try {
      redisSessions(wrong as never)
    } catch (error) {
      faults = (error as ConfigError).faults
    }
    expect(faults.map((fault) => fault.split(':')[1]?.trim())).toEqual([
      'client',
      'replicas',
      'waitTimeout',
      'timeout',
      'prefix',
    ])
    expect(() => redisSessions(undefined as never)).toThrow(ConfigError)
  })
})

it('checks that wait at the same time share scripts and statements, each with its own answer', async () => {
  const database = await openPostgres(await createDatabase())
  let statements = 0
  const counting: Database = {
    ...database,
    query(statement) {
      statements += 1
      return database.query(statement)
    },
  }
  const sessions = redisSessions({ client, prefix: 'shared', timeout: '20s' })
  const shared = await createAuth({
    database: counting,
    migrate: true,
    secret,
    sessions,
    outbox: { worker: false },
  })
  const people = await Promise.all(
    Array.from({ length: 8 }, async (_, n) => {
      const { user: person } = await shared.accounts.importUser({
        email: `shared-${n}@example.com`,
        verified: true,
      })
      return { id: person.id, token: await shared.accounts.generateUserSessionToken(person) }
    }),
  )
  const unknown = { id: null, token: 'A'.repeat(64) }
  const asked = Array.from({ length: 64 }, (_, n) => people[n % 9] ?? unknown)
  const scripts = async (): Promise<number> => {
    const stats = (await askRedis(server.port, 'info', 'commandstats')) as string
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1])
  }
  await shared.accounts.getUserBySessionToken(unknown.token)
  const before = { scripts: await scripts(), statements }
  const answers = await Promise.all(
    asked.map(({ token: each }) => shared.accounts.getUserBySessionToken(each)),
  )
  expect(answers.map((found) => found?.id ?? null)).toEqual(asked.map(({ id }) => id))
  expect((await scripts()) - before.scripts).toBeLessThan(8)
  expect(statements - before.statements).toBeLessThan(8)
  await shared.close()
})
