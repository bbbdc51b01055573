import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDatabase } from '../../test/harness/engines.js'
import { ConfigError } from '../base/index.js'
import { toAuthError } from './faults.js'
import { openPostgres } from './postgres.js'
import type { PostgresOptions } from './postgres.js'
import type { Database } from './queryable.js'

const ask = (text: string, ...values: unknown[]) => ({ text, values })
const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

let url: string
let faults: Error[]
let onError: (error: Error) => void
let observer: pg.Client
let opened: Database[]

beforeEach(async () => {
  url = await createDatabase()
  faults = []
  onError = (error) => faults.push(error)
  opened = []
  observer = new pg.Client({ connectionString: url })
  await observer.connect()
})

afterEach(async () => {
  await Promise.all(opened.map((database) => database.close()))
  await observer.end()
})

async function open(options: PostgresOptions = {}): Promise<Database> {
  const database = await openPostgres(url, { onError, ...options })
  opened.push(database)
  return database
}

/** Closes the other connections to this database. Returns their number. */
async function cut(condition = 'true'): Promise<number> {
  const { rows } = await observer.query<{ count: number }>(
    `select count(pg_terminate_backend(pid))::integer as count from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and ${condition}`,
  )
  return rows[0]?.count ?? 0
}

async function connections(): Promise<number> {
  const text = `select count(*)::integer as count from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`
  return (await observer.query<{ count: number }>(text)).rows[0]?.count ?? 0
}

describe('a server', () => {
  it('is refused where it is no URL and no pool', async () => {
    for (const bad of ['mysql://x', '/tmp/data', {}, null]) {
      await expect(openPostgres(bad as string)).rejects.toThrow(ConfigError)
    }
  })

  it('prepares a named statement once per connection', async () => {
    const database = await open({ max: 1 })
    const statement = { name: 'latchkey_one', text: 'select $1::integer as one', values: [1] }
    for (let times = 0; times < 3; times++) {
      expect((await database.query(statement)).rows).toEqual([{ one: 1 }])
    }
    const { rows } = await database.query(ask(`select name from pg_prepared_statements`))
    expect(rows).toEqual([{ name: 'latchkey_one' }])
  })

  it('gives back and takes values of every kind', async () => {
    const database = await open()
    const { rows } = await database.query(
      ask(
        `select $1::uuid as id, $2::text[] as list, $3::jsonb as json, $4::bytea as bytes, $5::integer as number,
          $6::text as nothing, $7::boolean as truth, $8::timestamptz as time, $9::inet as ip`,
        '0b0e9b9e-6a3c-4a52-9c4b-0d6a4d3f1f11',
        ['a,b', '"c"'],
        '{"a":[1]}',
        new Uint8Array([0, 255]),
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
        bytes: Buffer.from([0, 255]),
        number: 7,
        nothing: null,
        truth: true,
        time: new Date(0),
        ip: '192.0.2.1',
      },
    ])
  })

  // A session that waits for this lock counts as running until the observer releases it.
  const held = ask('select pg_advisory_xact_lock_shared(7)')
  const hold = () => observer.query('select pg_advisory_lock(7)')
  const letGo = () => observer.query('select pg_advisory_unlock(7)')

  it('lets an urgent statement pass by those that wait', async () => {
    await hold()
    const database = await open({ max: 4 })
    let ended = 0
    const crowd = Array.from({ length: 8 }, () => database.query(held).then(() => ended++))
    const urgent = { ...ask('select 1 as one'), urgent: true }
    for (let times = 0; times < 10; times++) expect((await database.query(urgent)).rows).toEqual([{ one: 1 }])
    expect(ended).toBe(0)
    await letGo()
    await Promise.all(crowd)
  })

  it('is absent for a statement whose turn does not come in time', async () => {
    await hold()
    const database = await open({ max: 4, connectTimeoutMs: 500 })
    const crowd = [1, 2].map(() => database.query(held))
    expect(toAuthError(await caught(database.query(ask('select 1'))))).toMatchObject({ code: 'unavailable' })
    await letGo()
    await Promise.all(crowd)
  })

  it('spares nothing of a small pool', async () => {
    await hold()
    const database = await open({ max: 3 })
    const crowd = [1, 2, 3].map(() => database.query(held))
    await vi.waitFor(async () => expect(await connections()).toBe(3))
    await letGo()
    await Promise.all(crowd)
  })

  it('ends a statement that takes too long, and waits no longer than told for a connection', async () => {
    const database = await open({ max: 1, statementTimeoutMs: 2000, connectTimeoutMs: 1000 })
    const long = caught(database.query(ask('select pg_sleep(60)')))
    const waiting = await caught(database.query(ask('select 1')))
    expect(toAuthError(waiting)).toMatchObject({ code: 'unavailable' })
    expect(toAuthError(await long)).toMatchObject({ code: 'unavailable', reason: '57014' })
    expect((await database.query(ask('select 1 as one'))).rows).toEqual([{ one: 1 }])
  })

  it('says who it is to the server', async () => {
    const database = await open()
    const text = `select current_setting('application_name') as name`
    expect((await database.query(ask(text))).rows).toEqual([{ name: 'latchkey' }])
  })

  it('is closed once, however often it is told', async () => {
    const pool = new pg.Pool({ connectionString: url })
    for (const database of [await openPostgres(url, { onError }), await openPostgres(pool, { onError })]) {
      await database.listen('closed_twice', () => undefined)
      await Promise.all([database.close(), database.close()])
      await expect(database.close()).resolves.toBeUndefined()
    }
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await pool.end()
  })

  it('keeps no connection when it is closed', async () => {
    const database = await open()
    await Promise.all([1, 2, 3].map(() => database.query(ask('select 1'))))
    await database.listen('channel', () => undefined)
    await database.close()
    opened = []
    await expect.poll(connections).toBe(0)
  })
})

describe('a transaction on a server', () => {
  beforeEach(() => observer.query('create table things (id integer primary key)'))
  const things = async () => (await observer.query('select id from things order by id')).rows as unknown[]

  it('is kept when its work ends, and taken back when it throws', async () => {
    const database = await open()
    const result = await database.transaction(async (tx) => {
      await tx.run('insert into things values (1); insert into things values (2)')
      return 'done'
    })
    expect(result).toBe('done')
    const giveUp = new Error('give up')
    const work = database.transaction(async (tx) => {
      await tx.query(ask('insert into things values ($1)', 3))
      throw giveUp
    })
    await expect(work).rejects.toBe(giveUp)
    expect(await things()).toEqual([{ id: 1 }, { id: 2 }])
  })

  it('gives its connection back, in a pool of one, also after a fault', async () => {
    const database = await open({ max: 1 })
    for (let times = 0; times < 3; times++) {
      await caught(database.transaction((tx) => tx.query(ask('select 1 / 0'))))
    }
    await database.transaction((tx) => tx.query(ask('insert into things values (1)')))
    expect(await things()).toEqual([{ id: 1 }])
  })

  it('whose connection is cut between two statements is unavailable, and ends no process', async () => {
    const database = await open({ max: 1 })
    const error = await caught(
      database.transaction(async (tx) => {
        await tx.query(ask('insert into things values (1)'))
        expect(await cut()).toBe(1)
        await expect.poll(() => faults.length).toBeGreaterThan(0)
        await tx.query(ask('insert into things values (2)'))
      }),
    )
    expect(toAuthError(error).code).toBe('unavailable')
    expect(await things()).toEqual([])
    expect((await database.query(ask('select 1 as one'))).rows).toEqual([{ one: 1 }])
  })
})

describe('an idle connection that is cut', () => {
  it('is told, ends no process, and is replaced', async () => {
    const database = await open()
    await database.query(ask('select 1'))
    expect(await cut()).toBe(1)
    await expect.poll(() => faults.length).toBeGreaterThan(0)
    expect((await database.query(ask('select 1 as one'))).rows).toEqual([{ one: 1 }])
  })
})

describe('a pool of the host', () => {
  it('is not closed, and keeps none of our listeners', async () => {
    const pool = new pg.Pool({ connectionString: url })
    const before = pool.listenerCount('error')
    for (let times = 0; times < 3; times++) {
      const database = await openPostgres(pool, { onError })
      await database.transaction((tx) => tx.query(ask('select 1')))
      await database.close()
    }
    expect(pool.listenerCount('error')).toBe(before)
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await pool.end()
  })

  it('ends a statement that waits for a locked row after 5 seconds, also on the server', async () => {
    await observer.query('create table locked (id integer, value integer); insert into locked values (1, 0)')
    const pool = new pg.Pool({ connectionString: url })
    const database = await openPostgres(pool, { onError })
    const began = performance.now()
    try {
      await observer.query('begin; select from locked for update')
      const update = ask('update locked set value = value + 1 where id = 1')
      const single = database.query(update)
      const inTransaction = database.transaction((tx) => tx.query(ask('select from locked for update')))
      const [first, second] = await Promise.allSettled([single, inTransaction])
      expect(performance.now() - began).toBeGreaterThan(4_900)
      expect(performance.now() - began).toBeLessThan(9_000)
      for (const ended of [first, second]) {
        expect(toAuthError((ended as PromiseRejectedResult).reason).code).toBe('unavailable')
      }
      await observer.query('commit')
      // Any session that is still waiting for the row gets it before this one.
      const { rows } = await observer.query('select value from locked for update')
      expect(rows).toEqual([{ value: 0 }])
    } finally {
      await observer.query('rollback; drop table locked')
      await database.close()
      await pool.end()
    }
  })

  it('lends its options to the connection that listens, the password included', async () => {
    const given: pg.ClientConfig[] = []
    class Watched extends pg.Client {
      constructor(options: pg.ClientConfig) {
        super(options)
        given.push(options)
      }
    }
    const { port, pathname } = new URL(url)
    const connection = {
      host: '127.0.0.1',
      port: Number(port),
      user: 'postgres',
      database: pathname.slice(1),
    }
    const pool = new pg.Pool({ ...connection, password: 'of the host', Client: Watched } as object)
    const database = await openPostgres(pool, { onError })
    let calls = 0
    await database.listen('channel', () => calls++)
    await expect.poll(() => calls).toBe(1)
    expect(given).toHaveLength(1)
    expect(given[0]?.password).toBe('of the host')
    expect(given[0]?.connectionTimeoutMillis).toBeGreaterThan(0)
    await database.close()
    await pool.end()
  })
})

describe('listening', () => {
  it('takes no connection of the pool, is called on each notification, and stops', async () => {
    const database = await open({ max: 1 })
    let calls = 0
    const stop = await database.listen('channel', () => calls++)
    await expect.poll(() => calls).toBe(1)
    await database.query(ask('notify channel'))
    await expect.poll(() => calls).toBe(2)
    await stop()
    await database.query(ask('notify channel'))
    let others = 0
    await database.listen('other', () => others++)
    await database.query(ask('notify other'))
    await expect.poll(() => others).toBeGreaterThan(0)
    expect(calls).toBe(2)
  })

  it('calls once after its connection broke, since something may have been missed, and goes on', async () => {
    const database = await open()
    let calls = 0
    await database.listen('channel', () => calls++)
    await expect.poll(() => calls).toBe(1)
    expect(await cut(`query like 'listen%'`)).toBe(1)
    await expect.poll(() => calls, { timeout: 5000 }).toBe(2)
    expect(faults.length).toBeGreaterThan(0)
    await database.query(ask('notify channel'))
    await expect.poll(() => calls).toBe(3)
  })
})
