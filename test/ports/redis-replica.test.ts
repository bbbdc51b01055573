/** What is acknowledged is on the replica; what is not on the replica is not acknowledged. */

import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Auth, User } from '../../src/index.js'
import { AuthError, createAuth } from '../../src/index.js'
import { redisSessions } from '../../src/redis/index.js'
import { createDatabase } from '../harness/engines.js'
import { askRedis, startRedis } from '../harness/redis.js'
import type { RedisServer } from '../harness/redis.js'

const secret = 'a secret of tests that opens nothing else'
const patience = { timeout: 20_000, interval: 20 }

let master: RedisServer
let replica: RedisServer
let database: string
let user: User
let people = 0
const opened: { auth: Auth; client: Redis }[] = []

async function openEngine(waitTimeout: '300ms' | '20s'): Promise<Auth> {
  const client = new Redis({ host: '127.0.0.1', port: master.port })
  const sessions = redisSessions({ client, replicas: 1, waitTimeout, timeout: '20s' })
  const auth = await createAuth({ database, migrate: true, secret, sessions, outbox: { worker: false } })
  opened.push({ auth, client })
  return auth
}

async function hasFollowed(): Promise<boolean> {
  return /master_link_status:up/.test(String(await askRedis(replica.port, 'info', 'replication')))
}

beforeAll(async () => {
  master = await startRedis({ 'repl-diskless-sync-delay': '0' })
  replica = await startRedis({ replicaof: `127.0.0.1 ${master.port}` })
  await vi.waitUntil(hasFollowed, patience)
  database = await createDatabase()
})

afterAll(async () => {
  for (const { auth, client } of opened) {
    await auth.close()
    client.disconnect()
  }
  await replica.destroy()
  await master.destroy()
})

beforeEach(async () => {
  const auth = opened[0]?.auth ?? (await openEngine('20s'))
  user = (await auth.accounts.importUser({ email: `person-${++people}@example.com`, verified: true })).user
})

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'done'
  } catch (error) {
    return AuthError.is(error) ? `${error.code} ${error.reason}` : 'raw'
  }
}

const behind = 'unavailable redis_replicas_behind'

describe('a replica that follows', () => {
  it('has a new session, and its end, when they are acknowledged', async () => {
    const auth = await openEngine('20s')
    const token = await auth.accounts.generateUserSessionToken(user)
    const key = `latchkey:session:{${(await auth.accounts.getSession(token))?.session.id ?? ''}}`
    expect(await askRedis(replica.port, 'hget', key, 'user')).toBe(user.id)
    await auth.accounts.revokeUserSessionToken(token)
    expect(await askRedis(replica.port, 'hget', key, 'user')).toBeNull()
  })
})

describe('a replica that does not answer', () => {
  it('leaves no session behind that nobody was given', async () => {
    const auth = await openEngine('300ms')
    replica.pause()
    expect(await codeOf(auth.accounts.generateUserSessionToken(user))).toBe(behind)
    await expect.poll(() => auth.accounts.listUserSessions(user), patience).toEqual([])
    replica.resume()
  })

  it('lets a revocation hold at once, and be acknowledged to nobody, however often it is tried', async () => {
    const patient = await openEngine('20s')
    const [auth, other] = [await openEngine('300ms'), await openEngine('300ms')]
    const token = await auth.accounts.generateUserSessionToken(user)
    replica.pause()
    expect(await codeOf(auth.accounts.revokeUserSessionToken(token))).toBe(behind)
    expect(await other.accounts.getUserBySessionToken(token)).toBeNull()
    // Another node finds nothing to revoke. It must not say so before the replica knows it as well.
    expect(await codeOf(other.accounts.revokeUserSessionToken(token))).toBe(behind)
    const again = patient.accounts.revokeUserSessionToken(token)
    replica.resume()
    expect(await again).toEqual([])
    const text = `select count(*)::integer as count from latchkey.audit where user_id = $1 and event = 'session.revoked'`
    expect((await auth.query(text, [user.id])).rows[0]?.['count']).toBe(1)
  })
})
