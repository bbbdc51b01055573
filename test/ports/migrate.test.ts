/** Migrations and drift on both engines; several nodes at once, a killed one, and a narrow role on a server. */

import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AuthError, ConfigError } from '../../src/base/index.js'
import { findDrift } from '../../src/store/drift.js'
import { describeSchema } from '../../src/store/introspect.js'
import { isMigratedAhead, migrate, pendingMigrations } from '../../src/store/migrate.js'
import { migrations, schema as expected } from '../../src/store/migrations/generated.js'
import { openPglite } from '../../src/store/pglite.js'
import { openPostgres } from '../../src/store/postgres.js'
import type { Database } from '../../src/store/queryable.js'
import { startChild } from '../harness/child.js'
import { createDatabase } from '../harness/engines.js'

const names = migrations.map(({ name }) => name)
const run = (database: Database, script: string): Promise<void> =>
  database.transaction((tx) => tx.run(script))
const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

const engines: Record<string, () => Promise<Database>> = {
  PGlite: () => openPglite('memory'),
  PostgreSQL: async () => openPostgres(await createDatabase()),
}

describe.each(Object.entries(engines))('migrations on %s', (_, open) => {
  let database: Database
  let schema: string
  let number = 0

  beforeAll(async () => {
    database = await open()
  })
  beforeEach(() => {
    schema = `schema_${++number}`
  })
  afterAll(() => database.close())

  it('are told as pending, then one by one, then not at all', async () => {
    expect(await pendingMigrations(database, schema)).toEqual(names)
    const told: string[] = []
    expect(await migrate(database, schema, { onProgress: (name) => told.push(name) })).toEqual(names)
    expect(told).toEqual(names)
    expect(await pendingMigrations(database, schema)).toEqual([])
    expect(await migrate(database, schema)).toEqual([])
  })

  it('make the committed schema, whatever its name', async () => {
    for (const name of [schema, `${schema}_user`, 'user']) {
      await migrate(database, name)
      expect(await findDrift(database, name)).toEqual([])
      expect(await describeSchema(database, name)).toMatchObject(expected)
    }
  })

  it('make the committed schema where it stands on the search path', async () => {
    await migrate(database, schema)
    await database.transaction(async (tx) => {
      await tx.run(`set local search_path = "${schema}"`)
      const inside: Database = {
        ...database,
        query: (statement) => tx.query(statement),
        transaction: (work) => work(tx),
      }
      expect(await findDrift(inside, schema)).toEqual([])
    })
  })

  it('refuse a schema without a proper name', async () => {
    for (const name of ['', 'Latchkey', '1a', 'a"b', 'a b', 'a'.repeat(64)]) {
      await expect(migrate(database, name)).rejects.toThrow(ConfigError)
      await expect(pendingMigrations(database, name)).rejects.toThrow(ConfigError)
    }
  })

  it('refuse a database of a newer version', async () => {
    await migrate(database, schema)
    await run(database, `insert into ${schema}.migrations values (9000, '9000_later', 'x', now())`)
    for (const work of [migrate, pendingMigrations]) {
      const error = await caught(work(database, schema))
      expect(error).toBeInstanceOf(ConfigError)
      expect(String(error)).toContain('the migration 9000 of a newer version of latchkey')
    }
  })

  it('are ahead where a newer version has added to what this one knows, and only there', async () => {
    expect(await isMigratedAhead(database, schema)).toBe(false)
    await migrate(database, schema)
    expect(await isMigratedAhead(database, schema)).toBe(false)
    await run(database, `insert into ${schema}.migrations values (9000, '9000_later', 'x', now())`)
    expect(await isMigratedAhead(database, schema)).toBe(true)
    await run(database, `update ${schema}.migrations set checksum = 'another' where id = 1`)
    expect(await isMigratedAhead(database, schema)).toBe(false)
  })

  it('refuse a migration that was applied in another wording', async () => {
    await migrate(database, schema)
    await run(database, `update ${schema}.migrations set checksum = 'other' where id = 1`)
    const error = await caught(migrate(database, schema))
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toContain(`The migration ${names[0]} was applied with different content`)
  })

  it('name every way in which a live schema differs', async () => {
    await migrate(database, schema)
    await run(
      database,
      `set local search_path = ${schema};
      alter table users drop column name, add column nickname text, alter column anonymous drop default;
      alter table sessions alter column user_agent set not null, drop constraint sessions_secret_hash_check;
      alter table identities alter column type type varchar(20);
      drop index identities_verified_key;
      create unique index identities_verified_key on identities (type, value_key);
      drop index outbox_due_at_idx;
      create unique index audit_extra_key on audit (id, event);
      drop table attempts`,
    )
    const drift = await findDrift(database, schema)
    for (const sentence of [
      'The column users.name is missing.',
      'The column users.nickname was not created by latchkey',
      'The column users.anonymous is "boolean not null" and should be "boolean not null default false".',
      'The column sessions.user_agent is "text not null" and should be "text".',
      'The constraint sessions.sessions_secret_hash_check is missing.',
      'The column identities.type is "character varying(20) not null" and should be "text not null".',
      'The index identities.identities_verified_key is "CREATE UNIQUE INDEX',
      'The index outbox.outbox_due_at_idx is missing.',
      'The index audit.audit_extra_key was not created by latchkey',
      'The column attempts.budget is missing.',
    ]) {
      expect(
        drift.filter((each) => each.startsWith(sentence)),
        sentence,
      ).toHaveLength(1)
    }
  })

  it('tolerate tables of others, and an index that is not unique', async () => {
    await migrate(database, schema)
    await run(
      database,
      `set local search_path = ${schema};
      create table orders (id integer primary key, user_id uuid references users (id));
      create index users_name_idx on users (name)`,
    )
    expect(await findDrift(database, schema)).toEqual([])
  })
})

describe('migrations on a server', () => {
  let url: string
  let client: pg.Client

  beforeEach(async () => {
    url = await createDatabase()
    client = new pg.Client({ connectionString: url })
    await client.connect()
    return () => client.end()
  })

  it('are applied once by six processes that start at once', async () => {
    const children = Array.from({ length: 6 }, () => startChild('migrator', url, 'latchkey'))
    await Promise.all(children.map((child) => child.line()))
    for (const child of children) child.go()
    const applied = await Promise.all(
      children.map(async (child) => JSON.parse(await child.line()) as string[]),
    )
    // Each takes the lock for one migration at a time, so two of them may have applied one each.
    expect(applied.flat().sort()).toEqual(names)
    expect(await Promise.all(children.map((child) => child.ended()))).toEqual([0, 0, 0, 0, 0, 0])
    const database = await openPostgres(url)
    expect(await findDrift(database, 'latchkey')).toEqual([])
    await database.close()
  })

  it('leave nothing behind when their process is killed in the middle, and are applied by the next', async () => {
    await client.query('create schema latchkey')
    await client.query('begin; create table latchkey.outbox ()')
    const child = startChild('migrator', url, 'latchkey')
    await child.line()
    child.go()
    const observer = new pg.Client({ connectionString: url })
    await observer.connect()
    const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and pid <> pg_backend_pid() and query like '%check_function_bodies%'`
    await expect.poll(async () => (await observer.query(waiting)).rowCount, { timeout: 10_000 }).toBe(1)
    await child.kill()
    await client.query('rollback')
    const database = await openPostgres(url)
    expect(await migrate(database, 'latchkey')).toEqual(names)
    expect(await findDrift(database, 'latchkey')).toEqual([])
    await database.close()
    await observer.end()
  })

  it('wait for another node as long as they are told, and are unavailable then', async () => {
    const database = await openPostgres(url, { statementTimeoutMs: 100 })
    await client.query(
      `begin; select pg_advisory_xact_lock(hashtextextended('latchkey migrations latchkey', 0))`,
    )
    const start = performance.now()
    const error = await caught(migrate(database, 'latchkey', { lockTimeoutMs: 400 }))
    expect(AuthError.is(error, 'unavailable')).toBe(true)
    expect(error).toMatchObject({ reason: '55P03' })
    expect(performance.now() - start).toBeGreaterThan(390)
    await client.query('rollback')
    expect(await migrate(database, 'latchkey')).toEqual(names)
    await database.close()
  })

  it('need no right to create schemas where an operator has made this one', async () => {
    const role = `narrow_${new URL(url).pathname.slice(1)}`
    await client.query(`create role "${role}" login; create schema latchkey authorization "${role}"`)
    const narrow = new URL(url)
    narrow.username = role
    const database = await openPostgres(narrow.href)
    expect(await migrate(database, 'latchkey')).toEqual(names)
    await database.close()
  })
})
