/**
 * Settings of the server, the database or the role that change how PostgreSQL writes and reads values change nothing
 * here: on a pool of our own, on a host's, in a caller's transaction, and on PGlite.
 */

import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Kysely, PostgresDialect } from 'kysely'
import { readFile, readdir } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPostgres } from '../../src/store/index.js'
import { createTestAuth, describeStore } from '../../src/testing/index.js'
import type { TestAuth } from '../../src/testing/index.js'
import { goodPassword } from '../../src/testing/suite/case.js'
import { startPostgres } from '../harness/postgres.js'
import type { PostgresServer } from '../harness/postgres.js'

/** What an operator may have set, each as far from the default as it goes. */
const settings = {
  datestyle: `'SQL, DMY'`,
  intervalstyle: `'sql_standard'`,
  timezone: `'America/St_Johns'`,
  bytea_output: `'escape'`,
  extra_float_digits: '-15',
  quote_all_identifiers: 'on',
  standard_conforming_strings: 'off',
  backslash_quote: 'on',
  array_nulls: 'off',
  xmlbinary: `'hex'`,
}

let server: PostgresServer

/** The URL of an empty database in which a role of no special rights has all of these settings. */
async function newDatabase(): Promise<string> {
  const url = await server.createDatabase()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const name = new URL(url).pathname.slice(1)
  await client.query(`alter database ${name} owner to odd`)
  await client.end()
  return url.replace('//postgres@', '//odd@')
}

beforeAll(async () => {
  server = await startPostgres()
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query('create role odd login')
  for (const [name, value] of Object.entries(settings)) {
    await client.query(`alter role odd set ${name} = ${value}`)
  }
  await client.end()
})

afterAll(() => server.destroy())

it('are set for the sessions of these tests', async () => {
  const client = new pg.Client({ connectionString: await newDatabase() })
  await client.connect()
  const { rows } = await client.query(`select '2026-11-26 04:28:28+00'::timestamptz::text as time,
    '\\\\000'::bytea::text as bytes, (1.0 / 3)::float8::text as third, quote_ident('a') as name`)
  await client.end()
  expect(rows).toEqual([{ time: '26/11/2026 00:58:28 NST', bytes: '\\000', third: '0.3', name: '"a"' }])
})

describe('under settings of the role, on a pool of our own', () => {
  describeStore({ describe, it, afterAll }, async () =>
    createTestAuth({ database: await newDatabase(), migrate: true }),
  )
})

describe('under settings of the role, on a pool of the host', () => {
  const pools: pg.Pool[] = []
  describeStore({ describe, it, afterAll }, async () => {
    const pool = new pg.Pool({ connectionString: await newDatabase() })
    pools.push(pool)
    return createTestAuth({ database: pool, migrate: true })
  })
  afterAll(async () => {
    for (const pool of pools) await pool.end()
  })
})

describe('under settings of the instance, on PGlite', () => {
  const instances: PGlite[] = []
  describeStore({ describe, it, afterAll }, async () => {
    const instance = await PGlite.create()
    instances.push(instance)
    for (const [name, value] of Object.entries(settings)) await instance.exec(`set ${name} = ${value}`)
    return createTestAuth({ database: instance, migrate: true })
  })
  afterAll(async () => {
    for (const instance of instances) await instance.close()
  })
})

type Work = (tx: unknown) => Promise<void>

/** Transactions of callers, on a pool whose role has all of these settings. */
const transactions: Record<string, (pool: pg.Pool, work: Work) => Promise<unknown>> = {
  'a client of pg': async (pool, work) => {
    const client = await pool.connect()
    try {
      await client.query('begin')
      await work(client)
      await client.query('commit')
    } finally {
      client.release()
    }
  },
  'a transaction of Kysely': (pool, work) =>
    new Kysely<object>({ dialect: new PostgresDialect({ pool }) }).transaction().execute(work),
  'a transaction of Drizzle': (pool, work) => drizzle(pool).transaction(work),
}

describe("under settings of the role, in a caller's transaction", () => {
  let pool: pg.Pool
  let test: TestAuth

  beforeAll(async () => {
    pool = new pg.Pool({ connectionString: await newDatabase() })
    test = await createTestAuth({ database: pool, migrate: true })
  })

  afterAll(async () => {
    await test.auth.close()
    await pool.end()
  })

  it.each(Object.entries(transactions))('%s reads every time as it was', async (name, transaction) => {
    const email = `${name.split(' ').at(-1)?.toLowerCase()}@example.com`
    const began = Date.now()
    const times: (Date | null | undefined)[] = []
    const ends: (Date | undefined)[] = []
    await transaction(pool, async (tx) => {
      const accounts = test.auth.accounts.with(tx)
      const { user, identities } = await accounts.importUser({ email, verified: true })
      await accounts.setPassword(user, goodPassword)
      const proof = await accounts.authenticateWithPassword({ email, password: goodPassword })
      const token = await accounts.generateUserSessionToken(user, proof)
      const found = await accounts.getSession(token)
      const listed = await accounts.listUserSessions(user)
      const disabled = await accounts.disableUser(user)
      ends.push(found?.session.expiresAt, found?.session.idleExpiresAt, listed[0]?.expiresAt)
      times.push(user.createdAt, user.updatedAt, identities[0]?.createdAt, identities[0]?.verifiedAt)
      times.push(proof.authenticatedAt, found?.user.createdAt, found?.session.createdAt)
      times.push(
        found?.session.authenticatedAt,
        found?.session.seenAt,
        listed[0]?.seenAt,
        disabled.disabledAt,
      )
    })
    for (const time of times) expect(Math.abs((time?.getTime() ?? NaN) - began)).toBeLessThan(60_000)
    for (const end of ends) expect(end?.getTime()).toBeGreaterThan(began + 86_400_000)
  })

  it('redeems the code of a message, whose seal and MAC are bytes', async () => {
    const { accounts } = test.auth
    const { identity } = await accounts.createUserWithEmail('bytes@example.com')
    await accounts.requestEmailVerification(identity)
    const { code } = await test.inbox.latest('bytes@example.com')
    const verified = await accounts.verifyMagicCode(code as string, 'email', 'bytes@example.com')
    expect(verified.identity?.verifiedAt).toBeInstanceOf(Date)
  })
})

describe('under settings of the role, the schema', () => {
  it('is found as the migrations made it, without a difference', async () => {
    const { auth } = await createTestAuth({ database: await newDatabase(), migrate: true })
    expect(await auth.health()).toMatchObject({ writing: 'ok', pending: [], drift: [] })
    await auth.close()
  })

  it('counts in hours, since a day is as long as the time zone of the session says', async () => {
    const folder = new URL('../../src/store/migrations/', import.meta.url)
    const scripts = (await readdir(folder)).filter((name) => name.endsWith('.sql'))
    const texts = await Promise.all(scripts.map((name) => readFile(new URL(name, folder), 'utf8')))
    const intervals = texts.flatMap((text) => [...text.matchAll(/interval\s+'([^']*)'/g)].map(([, of]) => of))
    expect(intervals).toContain('1 millisecond')
    for (const interval of intervals) expect(interval).toMatch(/^\d+ (?:millisecond|second|minute|hour)s?$/)
  })
})

describe('under settings of the role, listeners', () => {
  it('are told through the connection that listens', async () => {
    const database = await openPostgres(await newDatabase())
    const told = new Promise((resolve) => {
      void database.listen('odd_channel', (payload) => {
        if (payload === null)
          void database.query({ text: `select pg_notify('odd_channel', 'told')`, values: [] })
        else resolve(payload)
      })
    })
    expect(await told).toBe('told')
    await database.close()
  })
})
