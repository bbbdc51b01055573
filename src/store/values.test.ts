/** What `pg` gives for our statements. */

import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { createDatabase } from '../../test/harness/engines.js'
import { readTimestamp, valueTypes } from './values.js'

describe('a timestamp', () => {
  it.each([
    ['2026-11-26 04:28:28+00', '2026-11-26T04:28:28.000Z'],
    ['2026-11-26 04:28:28.1+00', '2026-11-26T04:28:28.100Z'],
    ['2026-11-26 04:28:28.12+00', '2026-11-26T04:28:28.120Z'],
    ['2026-11-26 04:28:28.123+00', '2026-11-26T04:28:28.123Z'],
    ['2026-11-26 04:28:28.123999+00', '2026-11-26T04:28:28.123Z'],
    ['2026-11-26 04:28:28.000009+00', '2026-11-26T04:28:28.000Z'],
    ['2024-02-29 23:59:59.999999+00', '2024-02-29T23:59:59.999Z'],
    ['2026-11-26 10:13:28.5+05:45', '2026-11-26T04:28:28.500Z'],
    ['2026-11-25 20:28:28.5-08', '2026-11-26T04:28:28.500Z'],
    ['2026-11-26T04:28:28.123Z', '2026-11-26T04:28:28.123Z'],
  ])('%s is %s', (text, iso) => {
    expect(readTimestamp(text).toISOString()).toBe(iso)
  })
})

describe('the values of a statement', () => {
  async function read(setUp: (client: pg.Client) => Promise<unknown>) {
    const client = new pg.Client({ connectionString: await createDatabase() })
    await client.connect()
    try {
      await setUp(client)
      const text = `select true as yes, '\\x00ff'::bytea as bytes, 7::integer as count, '{"a": [1]}'::jsonb as json,
        '2026-11-26 04:28:28.123456+00'::timestamptz as moment, null::timestamptz as never, 'x' as text,
        2.5::float8 as half, '00000000-0000-4000-8000-000000000000'::uuid as id`
      return (await client.query({ text, types: valueTypes })).rows[0] as unknown
    } finally {
      await client.end()
    }
  }
  const expected = {
    yes: true,
    bytes: Buffer.from([0, 255]),
    count: 7,
    json: { a: [1] },
    moment: new Date('2026-11-26T04:28:28.123Z'),
    never: null,
    text: 'x',
    half: 2.5,
    id: '00000000-0000-4000-8000-000000000000',
  }

  it('are read', async () => {
    expect(await read(() => Promise.resolve())).toEqual(expected)
  })

  it('are read in a time zone of whose offset minutes are part', async () => {
    expect(await read((client) => client.query(`set time zone 'Asia/Kathmandu'`))).toEqual(expected)
  })

  it('are the same whatever the host taught the driver', async () => {
    const { BOOL, JSONB, TIMESTAMPTZ } = pg.types.builtins
    const types = [BOOL, JSONB, TIMESTAMPTZ]
    const kept = types.map((type) => pg.types.getTypeParser(type) as (text: string) => unknown)
    for (const type of types) pg.types.setTypeParser(type, () => 'something else')
    try {
      expect(await read(() => Promise.resolve())).toEqual(expected)
    } finally {
      types.forEach((type, place) => pg.types.setTypeParser(type, kept[place] ?? String))
    }
  })
})
