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
import { createAuth } from '../../src/index.js'
import type { Auth } from '../../src/index.js'
import { createTestAuth, describeStore } from '../../src/testing/index.js'
import { goodPassword } from '../../src/testing/suite/case.js'
import { startPostgres } from '../harness/postgres.js'
import type { PostgresServer } from '../harness/postgres.js'

const secret = 'a secret of tests that opens nothing else'

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

const known = { email: 'ada@example.com', verified: true }

/** What every kind of record and time is read in, in a transaction of the caller's. */
async function story(accounts: Auth['accounts'], email: string) {
  const before = Date.now()
  const { user, identity } = await accounts.createUserWithPassword({ email, password: goodPassword })
  const { user: signedIn, authenticatedAt } = await accounts.authenticateWithPassword({
    email,
    password: goodPassword,
  })
  const token = await accounts.generateUserSessionToken(user, { authenticatedAt })
  const found = await accounts.getSessionByToken(token)
  const sessions = await accounts.listUserSessions(user)
  const disabled = await accounts.disableUser(user)
  const times = [
    user.createdAt,
    user.updatedAt,
    identity.createdAt,
    identity.updatedAt,
    signedIn.createdAt,
    authenticatedAt,
    found?.session.createdAt,
    found?.session.authenticatedAt,
    found?.session.seenAt,
    sessions[0]?.createdAt,
    disabled.disabledAt,
  ]
  for (const time of times) {
    expect(time).toBeInstanceOf(Date)
    expect(Math.abs((time?.getTime() ?? NaN) - before)).toBeLessThan(60_000)
  }
  expect(found?.session.expiresAt.getTime()).toBeGreaterThan(before)
  return user
}
