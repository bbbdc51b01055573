/** How our statements write values and read them back, whatever settings a session, a role or a host has. */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase } from '../../test/harness/engines.js'
import { toBytes, toDate, toDateOrNull, toInteger, valueTypes, writeBytes, writeTime } from './values.js'

let client: pg.Client

beforeAll(async () => {
  client = new pg.Client({ connectionString: await createDatabase() })
  await client.connect()
})

afterAll(() => client.end())

describe('a time', () => {
  it.each([
    ['0003042524cf5300', '2026-11-26T04:28:28.000Z'],
    ['0003042524d0d9a0', '2026-11-26T04:28:28.100Z'],
    ['0003042524d1375f', '2026-11-26T04:28:28.123Z'],
    ['0003042524cf5309', '2026-11-26T04:28:28.000Z'],
    ['0002b58cd363bfff', '2024-02-29T23:59:59.999Z'],
    ['0000000000000000', '2000-01-01T00:00:00.000Z'],
    ['ffffffffffffffff', '1999-12-31T23:59:59.999Z'],
    ['fffca2fec4c82001', '1970-01-01T00:00:00.000Z'],
    ['fffca2fec4c07ee0', '1969-12-31T23:59:59.500Z'],
    ['00200201255fd3e7', '2285-06-30T12:00:00.000Z'],
    ['015056ae65620001', '5000-01-01T00:00:00.000Z'],
    ['ffd327a5d256a3e7', '1600-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(toDate(text).toISOString()).toBe(iso)
  })

  it.each([
    '26/11/2026 04:28:28.123456 UTC',
    '26.11.2026 04:28:28.123456 UTC',
    'Thu 26 Nov 04:28:28.123456 2026 UTC',
    '2026-11-26 04:28:28.123456+00',
    '2026-11-26T04:28:28.123Z',
    'Infinity',
    '-Infinity',
    // The binary forms of both.
    '7fffffffffffffff',
    '8000000000000000',
    '1795667308.12345',
    '000303F2A1B2C3D4',
    '000303f2a1b2c3dg',
    '000303f2 1b2c3d4',
    '000303f2a1b2c3dé',
    '000303f2a1b2c3d\u2028',
    '000303f2a1b2c3d',
    '0000303f2a1b2c3d4',
    '',
    null,
    undefined,
    1795667308.5,
    new Date(0),
  ])('is not read from %j', (text) => {
    expect(() => toDate(text)).toThrow(TypeError)
  })

  it('may be missing', () => {
    expect(toDateOrNull(null)).toBeNull()
    expect(() => toDateOrNull(undefined)).toThrow(TypeError)
  })

  it.each([
    '2026-11-26T04:28:28.123456Z',
    '1970-01-01T00:00:00Z',
    '1969-07-20T20:17:40.5Z',
    '2400-02-29T23:59:59.999999Z',
  ])('of %s is the same after it was written', async (iso) => {
    const { rows } = await client.query<{ at: string }>(`select ${writeTime('$1::timestamptz')} as at`, [iso])
    expect(toDate(rows[0]?.at)).toEqual(new Date(iso))
  })
})

describe('bytes', () => {
  it('are the same after they were written', async () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
    const { rows } = await client.query<{ bytes: string }>(`select ${writeBytes('$1::bytea')} as bytes`, [
      all,
    ])
    expect(toBytes(rows[0]?.bytes)).toEqual(all)
    expect(toBytes('')).toEqual(Buffer.alloc(0))
  })

  it.each(['\\x00ff', '\\000\\377', 'abc', 'zz', 'AB', null, undefined, Buffer.from('ab')])(
    'are not read from %j',
    (text) => {
      expect(() => toBytes(text)).toThrow(TypeError)
    },
  )
})

describe('a whole number', () => {
  it('is read', () => {
    expect(['0', '-7', '1795667308123'].map(toInteger)).toEqual([0, -7, 1795667308123])
  })

  it.each(['', '1.5', '2e+12', 'NaN', '1234567890123456', ' 1', null, undefined, 1])(
    'is not read from %j',
    (text) => {
      expect(() => toInteger(text)).toThrow(TypeError)
    },
  )
})

describe('the values of a statement', () => {
  const text = `select true as yes, false as no, 7::integer as count, '{"a": [1]}'::jsonb as json,
    null::timestamptz as never, 'x' as text, '00000000-0000-4000-8000-000000000000'::uuid as id`
  const expected = {
    yes: true,
    no: false,
    count: 7,
    json: { a: [1] },
    never: null,
    text: 'x',
    id: '00000000-0000-4000-8000-000000000000',
  }

  it('are read', async () => {
    expect((await client.query({ text, types: valueTypes })).rows).toEqual([expected])
  })

  it('are the same whatever the host taught the driver', async () => {
    const { BOOL, INT4, JSONB } = pg.types.builtins
    const types = [BOOL, INT4, JSONB]
    const kept = types.map((type) => pg.types.getTypeParser(type) as (text: string) => unknown)
    for (const type of types) pg.types.setTypeParser(type, () => 'something else')
    try {
      expect((await client.query({ text, types: valueTypes })).rows).toEqual([expected])
    } finally {
      types.forEach((type, place) => pg.types.setTypeParser(type, kept[place] ?? String))
    }
  })

  it.each([
    'now()',
    'array[now()]',
    'now()::timestamp',
    'now()::date',
    'now()::time',
    'now()::timetz',
    `interval '1 day'`,
    `'\\x00ff'::bytea`,
    `array['\\x00ff'::bytea]`,
    '0.1::float8',
    '0.1::float4',
    'array[0.1::float8]',
    '1::money',
    `'<a/>'::xml`,
  ])('are refused where they depend on settings of the session: %s', async (expression) => {
    await expect(client.query({ text: `select ${expression} as it`, types: valueTypes })).rejects.toThrow(
      'depends on the session',
    )
  })
})
