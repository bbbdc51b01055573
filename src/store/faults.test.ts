import { inspect } from 'node:util'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase } from '../../test/harness/engines.js'
import { AuthError } from '../base/index.js'
import { isUniqueViolation, sqlStateOf, toAuthError } from './faults.js'

const value = 'ada@example.com'
const table = `create table people (username_key text constraint users_username_key_key unique,
  age integer constraint people_age_check check (age > 0))`

const fault = (code: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { code, ...more })
const prisma = (meta: object, message = ''): Error => fault('P2010', message, { meta })
const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

/** Runs a text with values, in one of several ways. */
type Ask = (text: string, values: readonly unknown[]) => Promise<unknown>

let pool: pg.Pool
let instance: PGlite
const ways: Record<string, Ask> = {
  pg: (text, values) => pool.query(text, [...values]),
  PGlite: (text, values) => instance.query(text, [...values]),
  'Drizzle on pg': (text, values) => drizzle(pool).execute(filled(text, values)),
  'Drizzle on PGlite': (text, values) => drizzlePglite(instance).execute(filled(text, values)),
}

function filled(text: string, values: readonly unknown[]) {
  const parts = text.split(/\$\d/)
  return sql.join(
    parts.map((part, index) => (index === 0 ? sql.raw(part) : sql`${values[index - 1]}${sql.raw(part)}`)),
  )
}

beforeAll(async () => {
  pool = new pg.Pool({ connectionString: await createDatabase() })
  instance = await PGlite.create()
  await pool.query(table)
  await instance.exec(table)
})

afterAll(async () => {
  await pool.end()
  if (!instance.closed) await instance.close()
})

describe.each(Object.entries(ways))('a fault of %s', (_, ask) => {
  const insert = 'insert into people (username_key, age) values ($1, $2)'

  it('of a unique value is known by its constraint, and tells no value', async () => {
    await ask(insert, [`${_}${value}`, 1])
    const error = await caught(ask(insert, [`${_}${value}`, 1]))
    expect(sqlStateOf(error)).toBe('23505')
    expect(isUniqueViolation(error, 'users_username_key_key')).toBe(true)
    expect(isUniqueViolation(error, 'identities_verified_key')).toBe(false)
    const told = toAuthError(error)
    expect(told).toMatchObject({ code: 'internal', reason: '23505', cause: { code: '23505' } })
    expect((told.cause as Error).message).toBe('SQLSTATE 23505 on users_username_key_key')
    expect(inspect(told, { depth: 9, showHidden: true })).not.toContain(value)
  })

  it('of a value that can not be is internal, and tells no value', async () => {
    for (const [text, values, state] of [
      ['select $1::text::integer', [value], '22P02'],
      ['select $1::text::jsonb', [value], '22P02'],
      ['select $1::text::uuid', [value], '22P02'],
      [insert, [`${_}other${value}`, -1], '23514'],
    ] as const) {
      const told = toAuthError(await caught(ask(text, values)))
      expect(told).toMatchObject({ code: 'internal', reason: state })
      expect(inspect(told, { depth: 9, showHidden: true })).not.toContain(value)
    }
  })

  it('of a missing table says so', async () => {
    const told = toAuthError(await caught(ask('select * from nowhere where 1 = $1', [1])))
    expect(told).toMatchObject({ code: 'internal', reason: '42P01' })
  })
})

describe('what can not be reached', () => {
  it('is unavailable, by its SQLSTATE', () => {
    for (const state of '08000 08006 08P01 57P01 57P03 57014 53100 53300 55P03 55000 25006 58030 40001 40P01'.split(
      ' ',
    )) {
      const told = toAuthError(fault(state, 'words of the server'))
      expect(told).toMatchObject({ code: 'unavailable', retryAfterMs: 1000, reason: state })
    }
  })

  it('is unavailable, by what the network and pg say', async () => {
    const refused = new pg.Client({ host: 'localhost', port: 1 })
    expect(toAuthError(await caught(refused.connect()))).toMatchObject({
      code: 'unavailable',
      cause: { code: 'ECONNREFUSED' },
    })
    for (const error of [
      fault('ECONNRESET', 'read ECONNRESET'),
      fault('EPIPE', 'write EPIPE'),
      new Error('timeout exceeded when trying to connect'),
      new Error('Query read timeout'),
      new Error('Connection terminated unexpectedly'),
      new Error('Client has encountered a connection error and is not queryable'),
      new Error('Cannot use a pool after calling end on the pool'),
      new AggregateError([fault('ECONNREFUSED', 'connect ECONNREFUSED')]),
      new Error('Failed query', { cause: fault('ECONNREFUSED', 'connect ECONNREFUSED') }),
      fault('P1001', 'the database server is not reachable'),
      fault('P2024', 'the pool of Prisma is exhausted'),
    ]) {
      expect(toAuthError(error).code, error.message).toBe('unavailable')
    }
  })

  it('is unavailable when the embedded database is closed', async () => {
    await instance.close()
    expect(toAuthError(await caught(instance.query('select 1'))).code).toBe('unavailable')
  })
})

// Prisma's client needs an engine that is downloaded at install; these objects have the shape of its errors.
describe('a unique value under Prisma', () => {
  const detail = `Key (username_key)=(${value}) already exists.`
  const primary = 'duplicate key value violates unique constraint "users_username_key_key"'
  const adapter = (originalMessage: string): object => ({
    driverAdapterError: { name: 'DriverAdapterError', cause: { originalCode: '23505', originalMessage } },
  })

  it.each([
    [
      'its engine, which tells the columns',
      prisma({ code: '23505', message: detail }, `\nInvalid\n${detail}`),
    ],
    ['its engine, in the words of the server', prisma({ code: '23505', message: primary })],
    ['a driver adapter', prisma(adapter(primary))],
    ['a driver adapter that tells the columns', prisma(adapter(detail))],
    [
      'a server that speaks German',
      prisma({ code: '23505', message: `Schlüssel »(username_key)=(${value})« existiert bereits.` }),
    ],
  ])('is known by %s', (_, error) => {
    expect(sqlStateOf(error)).toBe('23505')
    expect(isUniqueViolation(error, 'users_username_key_key')).toBe(true)
    expect(isUniqueViolation(error, 'identities_verified_key')).toBe(false)
    expect(inspect(toAuthError(error), { depth: 9 })).not.toContain(value)
  })

  it('knows a constraint of two columns', () => {
    const message = `Key (type, value_key)=(email, ${value}) already exists.`
    expect(isUniqueViolation(prisma({ code: '23505', message }), 'identities_verified_key')).toBe(true)
  })

  it('does not believe a value that looks like a constraint', () => {
    const message = 'Key (username_key)=("identities_verified_key") already exists.'
    expect(isUniqueViolation(prisma({ code: '23505', message }), 'identities_verified_key')).toBe(false)
  })
})

describe('what a query builder says about a fault', () => {
  it('is not told, because it may quote its parameters', () => {
    const wrapper = new Error(`Failed with ${value}`, {
      cause: fault('42P01', 'relation "x" does not exist'),
    })
    const told = toAuthError(wrapper)
    expect(told).toMatchObject({ code: 'internal', cause: { message: 'SQLSTATE 42P01', code: '42P01' } })
    expect(inspect(told, { depth: 9 })).not.toContain(value)
  })
})

describe('what is no fault of a driver', () => {
  it('passes when it is a refusal', () => {
    const refusal = new AuthError('not_found')
    expect(toAuthError(refusal)).toBe(refusal)
  })

  it('is internal, whatever was thrown', () => {
    const circle: { cause?: unknown } = {}
    circle.cause = circle
    for (const thrown of [undefined, null, 'words', 7, {}, circle, new TypeError('x is undefined')]) {
      expect(toAuthError(thrown).code).toBe('internal')
    }
  })
})
