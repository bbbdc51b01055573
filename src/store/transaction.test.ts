import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase } from '../../test/harness/engines.js'
import { isUniqueViolation } from './faults.js'
import { transactionQueryable } from './transaction.js'
import { toBytes, toDate, writeBytes, writeTime } from './values.js'

type Work = (tx: unknown) => Promise<void>

let pool: pg.Pool
let instance: PGlite

async function onClient(work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await work(client)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

const ways: Record<string, (work: Work) => Promise<void>> = {
  'a client of pg': onClient,
  'a transaction of PGlite': (work) => instance.transaction(work),
  'a transaction of Kysely': (work) =>
    new Kysely<object>({ dialect: new PostgresDialect({ pool }) }).transaction().execute(work),
  'a transaction of Kysely whose plugins rename columns': (work) =>
    new Kysely<object>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] })
      .transaction()
      .execute(work),
  'a transaction of Drizzle on pg': (work) => drizzle(pool).transaction(work),
  'a transaction of Drizzle on PGlite': (work) => drizzlePglite(instance).transaction(work),
  'a nested transaction of Drizzle': (work) => drizzle(pool).transaction((tx) => tx.transaction(work)),
  // Prisma needs an engine that is downloaded at install; this object has the shape of its interactive
  // transaction.
  'the shape of a Prisma transaction': (work) =>
    onClient((client) =>
      work({
        $queryRawUnsafe: async (text: string, ...values: unknown[]) =>
          (await client.query(text, values)).rows as unknown[],
      }),
    ),
}

const row = {
  id: '0b0e9b9e-6a3c-4a52-9c4b-0d6a4d3f1f11',
  methods: ['password', 'a,b', '"c"', ''],
  metadata: { a: [1, 'x', null] },
  attempts: 7,
  name: null,
  anonymous: true,
  ip: '192.0.2.1',
}
const created = `create table things (id uuid primary key, methods text[], metadata jsonb, secret_hash bytea,
  attempts integer, name text, anonymous boolean, created_at timestamptz, ip inet)`
const insert = {
  name: 'latchkey_things',
  text: `insert into things values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    returning *, ${writeBytes('secret_hash')} as hash, ${writeTime('created_at')} as created`,
  values: [
    row.id,
    row.methods,
    JSON.stringify(row.metadata),
    new Uint8Array([0, 128, 255]),
    row.attempts,
    row.name,
    row.anonymous,
    new Date('2026-01-02T03:04:05.678Z'),
    row.ip,
  ],
}

beforeAll(async () => {
  pool = new pg.Pool({ connectionString: await createDatabase() })
  instance = await PGlite.create()
  await pool.query(created)
  await instance.exec(created)
})

afterAll(async () => {
  await pool.end()
  await instance.close()
})

describe.each(Object.entries(ways))('%s', (_, transaction) => {
  it('takes and gives values of every kind, and a fault with its constraint', async () => {
    const giveUp = new Error('give up')
    const work = transaction(async (tx) => {
      const queryable = transactionQueryable(tx)
      const { rows } = await queryable.query(insert)
      expect(rows).toHaveLength(1)
      expect(rows[0]).toMatchObject(row)
      const hash = rows[0]?.['secret_hash']
      expect(hash).toBeInstanceOf(Uint8Array)
      expect([...(hash as Uint8Array)]).toEqual([0, 128, 255])
      expect(toBytes(rows[0]?.['hash'])).toEqual(Buffer.from([0, 128, 255]))
      expect(toDate(rows[0]?.['created']).toISOString()).toBe('2026-01-02T03:04:05.678Z')

      await queryable.query({ text: 'savepoint latchkey', values: [] })
      const error = await queryable.query(insert).then(
        () => null,
        (thrown: unknown) => thrown,
      )
      expect(isUniqueViolation(error, 'things_pkey')).toBe(true)
      await queryable.query({ text: 'rollback to savepoint latchkey', values: [] })
      expect((await queryable.query({ text: 'select 1 as one', values: [] })).rows).toEqual([{ one: 1 }])
      throw giveUp
    })
    await expect(work).rejects.toBe(giveUp)
  })

  it('is the transaction of the host: what it takes back is gone', async () => {
    expect((await pool.query('select from things')).rows).toEqual([])
    expect((await instance.query('select from things')).rows).toEqual([])
  })
})

describe('what is no transaction', () => {
  it('is refused, with what is taken', () => {
    for (const other of [undefined, null, 1, 'tx', {}, [], () => undefined]) {
      expect(() => transactionQueryable(other)).toThrow(TypeError)
      expect(() => transactionQueryable(other)).toThrow(
        /pg, a transaction of PGlite.*Kysely, Prisma or Drizzle/,
      )
    }
  })

  it('is refused where it is a pool, also that of Drizzle', () => {
    expect(() => transactionQueryable(pool)).toThrow('A Pool is not a transaction')
    expect(() => transactionQueryable(drizzle(pool))).toThrow('A Pool is not a transaction')
  })

  it('is refused where it is the database itself, whose statements do not come back', () => {
    const kysely = new Kysely<object>({ dialect: new PostgresDialect({ pool }) })
    const prisma = { $queryRawUnsafe: () => Promise.resolve([]), $connect: () => Promise.resolve() }
    for (const database of [kysely, instance, drizzlePglite(instance), prisma]) {
      expect(() => transactionQueryable(database)).toThrow('begin a transaction on it')
    }
  })
})
