/** What a server refuses for good keeps a node from starting, in a sentence that says what mends it. */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError, createAuth } from '../../src/index.js'
import { toAuthError } from '../../src/store/index.js'
import { startPostgres } from '../harness/postgres.js'
import type { PostgresServer } from '../harness/postgres.js'

const secret = 'a secret of tests that opens nothing else'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server.destroy())

async function run(url: string, script: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(script)
  await client.end()
}

async function newDatabase(script: string): Promise<string> {
  const url = await server.createDatabase()
  await run(url, script)
  return url
}

async function start(database: string, migrate: boolean): Promise<unknown> {
  return createAuth({ database, migrate, secret, outbox: { worker: false } }).then(
    (auth) => auth.close(),
    (error: unknown) => error,
  )
}

const roleOf = (url: string, role: string): string => url.replace('//postgres@', `//${role}@`)

describe('a node does not start and names', () => {
  it.each([true, false])('a database that does not exist (migrate: %s)', async (migrate) => {
    const error = await start(server.url.replace(/\/postgres$/, '/nowhere'), migrate)
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toContain(
      '"nowhere" does not exist (SQLSTATE 3D000). The database does not exist: create it',
    )
  })

  it.each([true, false])('a role that the server does not let in (migrate: %s)', async (migrate) => {
    const error = await start(roleOf(server.url, 'nobody'), migrate)
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toContain('(SQLSTATE 28000). The server refuses this role')
  })

  it('a privilege that the role lacks to migrate', async () => {
    const url = await newDatabase('create role reader login')
    const error = await start(roleOf(url, 'reader'), true)
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toContain('(SQLSTATE 42501). The role lacks a privilege')
  })

  it('a privilege that the role lacks to serve', async () => {
    const url = await newDatabase('create role server login')
    expect(await start(url, true)).toBeUndefined()
    const error = await start(roleOf(url, 'server'), false)
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toContain('`usage` on the schema')
  })

  it.each([
    ['a table of somebody else', 'create schema latchkey; create table latchkey.users (name text)'],
    ['a view of somebody else', 'create schema latchkey; create view latchkey.sessions as select 1 as one'],
    [
      'a table of somebody else as the list of migrations',
      'create schema latchkey; create table latchkey.migrations (version text)',
    ],
  ])('%s', async (_, script) => {
    const error = await start(await newDatabase(script), true)
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toContain(
      'latchkey did not create: remove or rename it, or set the option `schema` to give latchkey its own schema',
    )
  })
})

describe('a refusal while a node serves', () => {
  const fault = (code: string, message: string): Error => Object.assign(new Error(message), { code })

  it.each([
    ['08P01', 'unsupported startup parameter: statement_timeout', 'ignore_startup_parameters'],
    ['08P01', 'no such database: app', 'add the database or the user'],
    ['28P01', 'password authentication failed for user "app"', 'correct the user or the password'],
    ['28000', 'no pg_hba.conf entry for host "192.0.2.1"', 'pg_hba.conf'],
    ['3D000', 'database "app" does not exist', 'create it'],
    ['42501', 'permission denied for table users', 'usage'],
  ])('%s (%s) is no outage, and the log says what mends it', (code, message, mend) => {
    const told = toAuthError(fault(code, message))
    expect(told).toMatchObject({ code: 'internal', reason: code })
    expect(String(told.cause)).toContain(message)
    expect(String(told.cause)).toContain(mend)
  })

  it.each([
    ['08P01', 'query_wait_timeout'],
    ['08P01', 'server login has been failing, try again later (server_login_retry)'],
    ['57P03', 'the database system is starting up'],
    ['53300', 'sorry, too many clients already'],
  ])('is none where it passes: %s (%s)', (code, message) => {
    expect(toAuthError(fault(code, message)).code).toBe('unavailable')
  })
})
