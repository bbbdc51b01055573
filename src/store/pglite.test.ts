import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startChild } from '../../test/harness/child.js'
import { ConfigError } from '../base/index.js'
import { openPglite } from './pglite.js'
import type { PgliteLike } from './pglite.js'
import type { Database } from './queryable.js'

const ask = (text: string, ...values: unknown[]) => ({ text, values })

describe('the embedded database', () => {
  let database: Database
  beforeAll(async () => {
    database = await openPglite('memory')
    await database.query(ask('create table things (id integer primary key)'))
  })
  afterAll(() => database.close())

  it('gives back and takes values of every kind, as a server does', async () => {
    const { rows } = await database.query(
      ask(
        `select $1::uuid as id, $2::text[] as list, $3::jsonb as json, $4::bytea as bytes, $5::integer as number,
          $6::text as nothing, $7::boolean as truth, $8::timestamptz as time, $9::inet as ip`,
        '0b0e9b9e-6a3c-4a52-9c4b-0d6a4d3f1f11',
        ['a,b', '"c"'],
        '{"a":[1]}',
        Buffer.from([0, 255]),
        7,
        null,
        true,
        new Date(0),
        '192.0.2.1',
      ),
    )
    expect(rows).toEqual([
      {
        id: '0b0e9b9e-6a3c-4a52-9c4b-0d6a4d3f1f11',
        list: ['a,b', '"c"'],
        json: { a: [1] },
        bytes: new Uint8Array([0, 255]),
        number: 7,
        nothing: null,
        truth: true,
        time: new Date(0),
        ip: '192.0.2.1',
      },
    ])
  })

  it('keeps a transaction when its work ends, and takes it back when it throws', async () => {
    await database.transaction((tx) => tx.run('insert into things values (1); insert into things values (2)'))
    const giveUp = new Error('give up')
    const work = database.transaction(async (tx) => {
      await tx.query(ask('insert into things values ($1)', 3))
      throw giveUp
    })
    await expect(work).rejects.toBe(giveUp)
    expect((await database.query(ask('select id from things order by id'))).rows).toEqual([
      { id: 1 },
      { id: 2 },
    ])
  })

  it('calls a listener on each notification until it stops', async () => {
    let calls = 0
    const stop = await database.listen('channel', () => calls++)
    await database.query(ask('notify channel'))
    await expect.poll(() => calls).toBe(1)
    await stop()
    await database.query(ask('notify channel'))
    await database.query(ask('select 1'))
    expect(calls).toBe(1)
  })
})

describe('an instance of the host', () => {
  it('is not closed', async () => {
    const instance = await PGlite.create()
    const database = await openPglite({ instance: instance as unknown as PgliteLike })
    expect((await database.query(ask('select 1 as one'))).rows).toEqual([{ one: 1 }])
    await database.close()
    expect((await instance.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await instance.close()
  })
})

describe('a directory of the embedded database', () => {
  let folder: string
  let dataDir: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latchkey-embedded-'))
    dataDir = join(folder, 'parents', 'data')
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('is made for this user alone, locked while it is open, and free once it is closed, also twice', async () => {
    const database = await openPglite({ dataDir })
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
    await expect(openPglite({ dataDir })).rejects.toThrow(ConfigError)
    await Promise.all([database.close(), database.close()])
    expect(await readdir(join(folder, 'parents'))).toEqual(['data'])
  })

  it('lets its process end by itself once it is closed', async () => {
    const child = startChild('embedded', dataDir, 'close')
    for (const line of ['1', '2', '3']) expect(await child.line()).toBe(line)
    expect(await child.ended()).toBe(0)
  })

  it('keeps every acknowledged row when its process is killed, and opens again', async () => {
    const child = startChild('embedded', `${dataDir}2`, 'keep')
    let acknowledged = 0
    while (acknowledged < 200) acknowledged = Number(await child.line())
    await expect(openPglite({ dataDir: `${dataDir}2` })).rejects.toThrow(`the process ${child.pid}`)
    await child.kill()
    const database = await openPglite({ dataDir: `${dataDir}2` })
    const { rows } = await database.query(
      ask('select count(*)::integer as count, max(id) as max from things'),
    )
    expect(rows[0]?.['count']).toBe(rows[0]?.['max'])
    expect(rows[0]?.['count']).toBeGreaterThanOrEqual(acknowledged)
    await database.close()
  })

  it('is given back when the database does not open', async () => {
    const broken = join(folder, 'broken')
    const first = await openPglite({ dataDir: broken })
    await first.close()
    await rm(join(broken, 'global'), { recursive: true })
    await expect(openPglite({ dataDir: broken })).rejects.toThrow()
    expect(await readdir(folder)).not.toContain('broken.lock')
  })
})
