/** Ready means ready: judged by what a node needs to serve, for reading and for writing, within seconds. */

import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Auth } from '../../src/index.js'
import { createAuth } from '../../src/index.js'
import { createDatabase } from '../harness/engines.js'
import { startPostgres } from '../harness/postgres.js'
import { execute, startStandby } from '../scale/standby.js'

const secret = 'a secret of tests that opens nothing else'
const origin = 'http://localhost:3000'

let url: string
let auth: Auth
let token: string
let other: pg.Client

beforeAll(async () => {
  url = await createDatabase()
  auth = await createAuth({
    database: url,
    migrate: true,
    secret,
    baseUrl: origin,
    outbox: { worker: false },
  })
  const { user } = await auth.accounts.createUserWithEmail('ada@example.com')
  token = await auth.accounts.generateUserSessionToken(user)
})
afterAll(() => auth.close())

beforeEach(async () => {
  other = new pg.Client({ connectionString: url })
  await other.connect()
})
afterEach(() => other.end())

const ready = async (): Promise<number> => (await auth.fetch(new Request(`${origin}/auth/ready`))).status

async function whileLocked(table: string, work: () => Promise<void>): Promise<void> {
  await other.query('begin')
  await other.query(`lock table latchkey.${table} in access exclusive mode`)
  await work()
  await other.query('rollback')
}

describe('a lock on one table', () => {
  it.each(['audit', 'outbox', 'verifications', 'attempts', 'passwords', 'identities', 'migrations'])(
    'takes no node out of rotation while sessions can be checked (%s)',
    async (table) => {
      await whileLocked(table, async () => {
        const start = performance.now()
        // Looks that come at the same time must not take one connection each.
        const looks = await Promise.all(Array.from({ length: 20 }, ready))
        expect(new Set(looks)).toEqual(new Set([200]))
        expect(performance.now() - start).toBeLessThan(5_000)
        expect(await auth.accounts.getUserBySessionToken(token)).not.toBeNull()
      })
    },
  )

  it.each(['sessions', 'users'])(
    'that keeps sessions from being checked does, in bounded time (%s)',
    async (table) => {
      await whileLocked(table, async () => {
        const start = performance.now()
        expect(await auth.health()).toMatchObject({ status: 'unavailable', reading: 'unavailable' })
        expect(performance.now() - start).toBeLessThan(4_000)
      })
      await expect.poll(ready, { timeout: 10_000 }).toBe(200)
    },
  )
})

describe('a server that takes no writes', () => {
  it('is read from, and is not ready', async () => {
    const { rows } = await other.query<{ name: string }>('select current_database() as name')
    await other.query(`alter database ${rows[0]?.name} set default_transaction_read_only = on`)
    const reader = await createAuth({ database: url, secret, baseUrl: origin, outbox: { worker: false } })
    expect(await reader.accounts.getUserBySessionToken(token)).not.toBeNull()
    expect(await reader.health()).toMatchObject({
      status: 'unavailable',
      reading: 'ok',
      writing: 'read_only',
    })
    expect((await reader.fetch(new Request(`${origin}/auth/ready`))).status).toBe(503)
    await reader.close()
    await other.query(`alter database ${rows[0]?.name} reset default_transaction_read_only`)
  })
})

describe('a streaming standby', () => {
  it('is read from and is not ready, until it is promoted', { timeout: 120_000 }, async () => {
    const primary = await startPostgres()
    try {
      const first = await createAuth({
        database: primary.url,
        migrate: true,
        secret,
        baseUrl: origin,
        outbox: { worker: false },
      })
      const { user } = await first.accounts.createUserWithEmail('ada@example.com')
      const copied = await first.accounts.generateUserSessionToken(user)
      await first.close()
      // The copy is made after the commit, so that it holds all of this from its start.
      const standby = await startStandby(primary.port)
      try {
        expect(await execute(standby.url, 'select pg_is_in_recovery() as follows')).toEqual([
          { follows: true },
        ])
        const node = await createAuth({
          database: standby.url,
          secret,
          baseUrl: origin,
          outbox: { worker: false },
        })
        const look = async (): Promise<number> =>
          (await node.fetch(new Request(`${origin}/auth/ready`))).status
        try {
          expect(await node.accounts.getUserBySessionToken(copied)).not.toBeNull()
          expect(await node.health()).toMatchObject({
            status: 'unavailable',
            reading: 'ok',
            writing: 'read_only',
          })
          expect(await look()).toBe(503)
          // What writes is told as absence, which is worth a retry, and as no fault of ours.
          await expect(node.accounts.createUserWithEmail('eve@example.com')).rejects.toMatchObject({
            code: 'unavailable',
          })
          await standby.promote()
          await expect.poll(look, { timeout: 10_000 }).toBe(200)
          await node.accounts.createUserWithEmail('eve@example.com')
        } finally {
          await node.close()
        }
      } finally {
        await standby.destroy()
      }
    } finally {
      await primary.destroy()
    }
  })
})

describe('a schema that differs', () => {
  it('is found by the look that follows', async () => {
    await other.query('alter table latchkey.users add column strange text not null default 1')
    expect(await auth.health()).toMatchObject({ status: 'degraded', reading: 'ok', writing: 'ok' })
    await other.query('alter table latchkey.users drop column strange')
    expect(await ready()).toBe(200)
  })
})

it('a node that is about to end is not ready, and serves', async () => {
  const leaving = await createAuth({ database: url, secret, baseUrl: origin, outbox: { worker: false } })
  const look = (): Promise<Response> => leaving.fetch(new Request(`${origin}/auth/ready`))
  expect((await look()).status).toBe(200)
  leaving.retire()
  expect((await look()).status).toBe(503)
  expect(await leaving.accounts.getUserBySessionToken(token)).not.toBeNull()
  await leaving.close()
})
