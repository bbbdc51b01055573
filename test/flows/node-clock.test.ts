/** A node whose clock is wrong: time is the database's everywhere. */

import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Auth, Message, User } from '../../src/index.js'
import { createAuth } from '../../src/index.js'
import { createDatabase } from '../harness/engines.js'

const hourMs = 3_600_000
const real = Date.now

let pool: pg.Pool
let auth: Auth
let user: User
const delivered: { readonly message: Message; readonly now: Date | undefined }[] = []

async function open(): Promise<Auth> {
  return createAuth({
    database: pool,
    migrate: true,
    secret: 'a secret of tests that opens nothing else',
    baseUrl: 'http://localhost:3000',
    tokenTransport: 'bearer',
    outbox: { worker: false },
    sender: {
      deliver(message, delivery) {
        delivered.push({ message, now: delivery?.now })
        return Promise.resolve()
      },
    },
  })
}

// The clock of this process; PostgreSQL is another one.
function setNodeClock(offsetMs: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: real() + offsetMs })
}

beforeAll(async () => {
  pool = new pg.Pool({ connectionString: await createDatabase() })
  auth = await open()
  user = (await auth.accounts.importUser({ email: 'a@example.com', verified: true })).user
})

afterEach(() => vi.useRealTimers())

afterAll(async () => {
  await auth.close()
  await pool.end()
})

async function signIn(agedMinutes: number): Promise<Request> {
  const token = await auth.accounts.generateUserSessionToken(user)
  await pool.query(
    `update latchkey.sessions set authenticated_at = authenticated_at - $1 * interval '1 minute',
      seen_at = seen_at - $1 * interval '1 minute' where created_at = (select max(created_at) from latchkey.sessions)`,
    [agedMinutes],
  )
  return new Request('http://localhost:3000/', { headers: { authorization: `Bearer ${token}` } })
}

describe.each([-hourMs, hourMs])('a node whose clock is %d ms off', (offsetMs) => {
  it.each([false, true])('judges freshness by the database (opened with that clock: %s)', async (opensSo) => {
    if (opensSo) setNodeClock(offsetMs)
    const node = await open()
    setNodeClock(offsetMs)
    const [old, fresh] = [await signIn(30), await signIn(0)]
    await expect(node.requireScope(old, { maxAge: '10m' })).rejects.toThrow(
      expect.objectContaining({ code: 'assurance_required' }),
    )
    expect((await node.requireScope(fresh, { maxAge: '10m' })).user.id).toBe(user.id)
    await node.close()
  })

  it('extends a session when it is due, and not before', async () => {
    setNodeClock(offsetMs)
    const [due, early] = [await signIn(24 * 60), await signIn(0)]
    const before = (await auth.accounts.listUserSessions(user)).map(({ seenAt }) => seenAt.getTime())
    await auth.scope(early)
    const between = (await auth.accounts.listUserSessions(user)).map(({ seenAt }) => seenAt.getTime())
    expect(between).toEqual(before)
    await auth.scope(due)
    const after = (await auth.accounts.listUserSessions(user)).map(({ seenAt }) => seenAt.getTime())
    expect(after).not.toEqual(before)
  })

  it('tells the minutes that a secret lives as the database counts them', async () => {
    setNodeClock(offsetMs)
    const identity = (await auth.accounts.listUserIdentities(user))[0]
    await auth.accounts.issueIdentityVerification(identity as NonNullable<typeof identity>, 'sign_in')
    await auth.outbox.drain()
    const { message, now } = delivered.at(-1) as (typeof delivered)[number]
    const leftMs = (message.expiresAt?.getTime() ?? 0) - (now?.getTime() ?? 0)
    expect(leftMs).toBeGreaterThan(60_000)
    expect(leftMs).toBeLessThanOrEqual(15 * 60_000)
  })
})
