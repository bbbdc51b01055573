/**
 * A master of a Redis Cluster is killed under load. What was acknowledged holds: a new session is there, and a revoked one
 * stays dead, in every answer from that moment on.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Auth, User } from '../../src/index.js'
import { AuthError, createAuth } from '../../src/index.js'
import { redisSessions } from '../../src/redis/index.js'
import { createDatabase } from '../harness/engines.js'
import { startRedisCluster } from '../harness/redis.js'
import type { RedisCluster } from '../harness/redis.js'

const secret = 'a secret of tests that opens nothing else'
const patience = { timeout: 60_000, interval: 50 }

let cluster: RedisCluster
const nodes: { auth: Auth; close: () => void }[] = []
let users: User[]

async function openNode(database: string): Promise<void> {
  const client = cluster.connect()
  const sessions = redisSessions({ client, replicas: 1, timeout: '2s', waitTimeout: '2s' })
  const options = { database, migrate: true, secret, sessions, outbox: { worker: false } }
  nodes.push({ auth: await createAuth(options), close: () => client.disconnect() })
}

beforeAll(async () => {
  cluster = await startRedisCluster()
  const database = await createDatabase()
  await openNode(database)
  await openNode(database)
  const auth = nodeOf(0)
  users = await Promise.all(
    Array.from(
      { length: 4 },
      async (_, index) => (await auth.accounts.findOrCreateEmailIdentity(`user-${index}@example.com`)).user,
    ),
  )
}, 120_000)

afterAll(async () => {
  for (const { auth, close } of nodes) {
    await auth.close()
    close()
  }
  await cluster.destroy()
})

function nodeOf(number: number): Auth {
  return (nodes[number % nodes.length] as { auth: Auth }).auth
}

/** The result, or null where it was refused as unavailable. Anything else that is thrown fails the test. */
async function unlessUnavailable<T>(work: Promise<T>): Promise<{ readonly result: T } | null> {
  try {
    return { result: await work }
  } catch (error) {
    if (AuthError.is(error, 'unavailable')) return null
    throw error
  }
}

/** Makes, checks and revokes sessions over all nodes until it is stopped, and keeps count of what was promised. */
function startLoad() {
  const live = new Set<string>()
  const revoked = new Set<string>()
  const broken: string[] = []
  const counts = { created: 0, revoked: 0, checked: 0, unavailable: 0 }
  let running = true
  let turn = 0

  const any = (tokens: Set<string>): string | undefined => [...tokens][turn % (tokens.size || 1)]

  async function create(): Promise<void> {
    const user = users[turn % users.length] as User
    const made = await unlessUnavailable(nodeOf(turn).accounts.generateUserSessionToken(user))
    if (made === null) counts.unavailable++
    else {
      live.add(made.result)
      counts.created++
    }
  }

  async function revoke(): Promise<void> {
    const token = any(live)
    if (token === undefined) return
    // From here until it is acknowledged it may be either.
    live.delete(token)
    while ((await unlessUnavailable(nodeOf(turn).accounts.revokeUserSessionToken(token))) === null) {
      counts.unavailable++
      if (!running) return
    }
    revoked.add(token)
    counts.revoked++
  }

  async function check(tokens: Set<string>, wanted: 'live' | 'dead'): Promise<void> {
    const token = any(tokens)
    if (token === undefined) return
    const found = await unlessUnavailable(nodeOf(turn).accounts.getUserBySessionToken(token))
    if (found === null) counts.unavailable++
    else if (tokens.has(token) && (found.result === null) !== (wanted === 'dead')) broken.push(wanted)
    else counts.checked++
  }

  async function loop(): Promise<void> {
    while (running) {
      turn++
      await create()
      await check(live, 'live')
      if (turn % 2 === 0) await revoke()
      await check(revoked, 'dead')
    }
  }

  const loops = Array.from({ length: 6 }, loop)
  return {
    live,
    revoked,
    broken,
    counts,
    async stop() {
      running = false
      await Promise.all(loops)
    },
  }
}

async function idOf(token: string): Promise<string> {
  return (await nodeOf(0).accounts.getSession(token))?.session.id ?? ''
}

describe('a master that is killed under load', () => {
  it('takes no acknowledged session along, and brings no revoked one back', async () => {
    const load = startLoad()
    await expect.poll(() => load.counts.revoked, patience).toBeGreaterThan(60)

    const [witness] = load.live
    const key = `latchkey:session:{${await idOf(witness as string)}}`
    const master = await cluster.masterOf(key)
    const before = { ...load.counts }
    await master.kill()
    await expect.poll(() => load.counts.unavailable, patience).toBeGreaterThan(before.unavailable)

    // Its replica takes over: what was held there is answered again, by another server.
    const isServed = async (): Promise<boolean> =>
      (await cluster.masterOf(key).catch(() => master)).port !== master.port
    await expect.poll(isServed, patience).toBe(true)
    await master.start()
    const after = { ...load.counts }
    await expect.poll(() => load.counts.created, patience).toBeGreaterThan(after.created + 60)
    await expect.poll(() => load.counts.revoked, patience).toBeGreaterThan(after.revoked + 30)
    await load.stop()

    expect(load.broken).toEqual([])
    for (const auth of [nodeOf(0), nodeOf(1)]) {
      for (const token of load.revoked) expect(await auth.accounts.getUserBySessionToken(token)).toBeNull()
      for (const token of load.live) expect(await auth.accounts.getUserBySessionToken(token)).not.toBeNull()
    }
    const listed = await Promise.all(users.map((user) => nodeOf(0).accounts.listUserSessions(user)))
    const listedIds = new Set(listed.flat().map(({ id }) => id))
    for (const token of load.live) expect(listedIds).toContain(await idOf(token))
  }, 240_000)
})
