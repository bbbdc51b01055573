/** Limits of requests, on both engines; races on PostgreSQL, over separate connections. */

import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase } from '../../test/harness/engines.js'
import { silentLogger } from '../base/index.js'
import type { LimitName } from '../base/index.js'
import { createTestClock } from '../testing/clock.js'
import type { TestClock } from '../testing/clock.js'
import { openMigratedMemory } from '../testing/template.js'
import { createLimitStore } from './limits.js'
import type { Limit, LimitStore, FailedAttempt, LimitVerdict } from '../core/index.js'
import { migrate } from './migrate.js'
import { openPostgres } from './postgres.js'
import type { Database } from './queryable.js'
import { createRunner } from './runner.js'
import { tablesOf } from './statement.js'
import { composeJoints } from './joints.js'
import { prepareSweep } from './sweep.js'

const schema = 'latchkey'
const tables = tablesOf(schema)
const minute = 60_000

let subjects = 0
const newSubject = (): string => `subject ${++subjects}`
// The store counts against limits of any name.
type ChargeChange = Partial<Omit<Limit, 'name'> & { readonly name: string }>
const missOf = (one: Limit): FailedAttempt => ({ limits: [one], browser: null, userId: null })
const charge = ({ name = 'test', ...change }: ChargeChange = {}): Limit => ({
  name: name as LimitName,
  subject: newSubject(),
  max: 3,
  windowMs: 15 * minute,
  ...change,
})

interface Node {
  readonly database: Database
  readonly limits: LimitStore
}

interface Opened extends Node {
  readonly clock: TestClock
}

function wrap(opened: Database): Opened {
  const { clock, decorate } = createTestClock()
  const database = decorate(opened)
  return {
    database,
    clock,
    limits: createLimitStore(createRunner(database, { inTransaction: false }), tables),
  }
}

async function openServer(): Promise<{ url: string; database: Database }> {
  const url = await createDatabase()
  const database = await openPostgres(url, { max: 8 })
  await migrate(database, schema)
  return { url, database }
}

async function countOf({ database }: Node, { name, subject }: Limit): Promise<number | null> {
  const text = `select count from ${tables.attempts} where budget = $1 and subject = $2`
  const { rows } = await database.query({ text, values: [name, subject] })
  return (rows[0]?.['count'] as number | undefined) ?? null
}

async function takeTimes(
  limits: LimitStore,
  times: number,
  ...charges: readonly Limit[]
): Promise<boolean[]> {
  const allowed: boolean[] = []
  for (let index = 0; index < times; index++) allowed.push((await limits.take(charges)).allowed)
  return allowed
}

describe.each([
  ['PGlite', () => openMigratedMemory(schema)],
  ['PostgreSQL', async () => (await openServer()).database],
])('budgets on %s', (_, open) => {
  let opened: Opened
  let limits: LimitStore
  let clock: TestClock
  beforeAll(async () => {
    opened = wrap(await open())
    ;({ limits, clock } = opened)
  })
  afterAll(() => opened.database.close())

  it('have room for so many in a window, which begins at the first', async () => {
    const one = charge({ max: 2 })
    expect(await limits.take([one])).toMatchObject({ allowed: true, retryAfterMs: 0, refused: null })
    clock.advance('10m')
    expect(await takeTimes(limits, 3, one)).toEqual([true, false, false])
    const { refused, retryAfterMs } = await limits.take([one])
    expect(refused).toBe('test')
    expect(retryAfterMs).toBeGreaterThan(4 * minute)
    expect(retryAfterMs).toBeLessThanOrEqual(5 * minute)
    clock.advance('5m')
    expect(await takeTimes(limits, 3, one)).toEqual([true, true, false])
  })

  it('are apart by name and by subject', async () => {
    const one = charge({ max: 1 })
    expect(await takeTimes(limits, 2, one)).toEqual([true, false])
    expect(await takeTimes(limits, 1, { ...one, subject: newSubject() })).toEqual([true])
    expect(await takeTimes(limits, 1, { ...one, name: 'other' as LimitName })).toEqual([true])
  })

  it('count a refused request nowhere', async () => {
    const [narrow, wide, fresh] = [charge({ max: 1, name: 'b' }), charge({ name: 'a' }), charge()]
    expect(await takeTimes(limits, 3, narrow, wide)).toEqual([true, false, false])
    expect((await limits.take([fresh, narrow])).refused).toBe('b')
    expect(await countOf(opened, narrow)).toBe(1)
    expect(await countOf(opened, wide)).toBe(1)
    expect(await countOf(opened, fresh)).toBeNull()
  })

  it('tell of several refusals the one that takes longest', async () => {
    const short = charge({ name: 'a', max: 1, windowMs: minute })
    const long = charge({ name: 'b', max: 1, windowMs: 60 * minute })
    await limits.take([short, long])
    const { refused, retryAfterMs } = await limits.take([short, long])
    expect(refused).toBe('b')
    expect(retryAfterMs).toBeGreaterThan(59 * minute)
  })

  it('let a pause pass after a miss, and none after what is not judged yet', async () => {
    const one = charge({ max: 5, windowMs: 60 * minute, pauseMs: minute })
    expect(await takeTimes(limits, 2, one)).toEqual([true, true])
    await limits.miss(missOf(one))
    expect((await limits.take([one])).allowed).toBe(false)
    expect((await limits.take([one])).retryAfterMs).toBeGreaterThan(59_000)
    clock.advance('60s')
    clock.advance('60s')
    expect((await limits.take([one])).allowed).toBe(true)
  })

  it('begin pauses after the free ones, and double them up to the longest', async () => {
    const one = charge({ max: 100, windowMs: 60 * minute, pauseMs: 1000, maxPauseMs: 5000, free: 3 })
    for (let index = 0; index < 3; index++) {
      expect((await limits.take([one])).allowed).toBe(true)
      await limits.miss(missOf(one))
    }
    const waits: number[] = []
    for (let index = 0; index < 5; index++) {
      expect((await limits.take([one])).allowed).toBe(true)
      await limits.miss(missOf(one))
      const { retryAfterMs } = await limits.take([one])
      waits.push(Math.ceil(retryAfterMs / 1000))
      clock.advance(`${retryAfterMs}ms`)
    }
    expect(waits).toEqual([1, 2, 4, 5, 5])
  })

  it('keep a pause that outlasts its window, also when the row could be swept', async () => {
    const one = charge({ max: 5, windowMs: minute, pauseMs: 10 * minute })
    await limits.take([one])
    await limits.miss(missOf(one))
    clock.advance('5m')
    await sweepOnce()
    expect((await limits.take([one])).allowed).toBe(false)
    clock.advance('5m')
    expect((await limits.take([one])).allowed).toBe(true)
  })

  it('refuse none of six right ones at once, and give each back', async () => {
    const one = charge({ max: 10, pauseMs: minute, free: 3 })
    const verdicts = await Promise.all(Array.from({ length: 6 }, () => limits.take([one])))
    expect(verdicts.map(({ allowed }) => allowed)).toEqual(Array(6).fill(true))
    await Promise.all(verdicts.map(() => limits.refund([one])))
    expect(await countOf(opened, one)).toBe(0)
  })

  it('ask for a toll beyond some, which one payment pays once, from its beginning to its end', async () => {
    const toll = charge({ max: 2, beyond: 'toll' })
    expect(await takeTimes(limits, 2, toll)).toEqual([true, true])
    const due = await limits.take([toll])
    expect(due).toMatchObject({ allowed: false, refused: null, owed: { limits: ['test'], times: 1 } })
    expect(await countOf(opened, toll)).toBe(2)
    const payment = (change = {}) => ({
      id: randomBytes(16),
      from: new Date(due.judgedAt.getTime() - 1000),
      until: new Date(due.judgedAt.getTime() + minute),
      work: 1,
      ...change,
    })
    const late = payment({ until: new Date(due.judgedAt.getTime() - 1) })
    const early = payment({ from: new Date(due.judgedAt.getTime() + minute) })
    expect((await limits.take([toll], { payment: late })).allowed).toBe(false)
    expect((await limits.take([toll], { payment: early })).allowed).toBe(false)
    const one = payment()
    expect((await limits.take([toll], { payment: one })).allowed).toBe(true)
    expect((await limits.take([toll], { payment: one })).allowed).toBe(false)
    expect(await countOf(opened, toll)).toBe(3)
  })

  it('double the toll with every doubling, and take what stands for half of it', async () => {
    const toll = charge({ max: 1, beyond: 'toll' })
    const pay = (work: number) => {
      const until = new Date(clock.now().getTime() + minute)
      return limits.take([toll], { payment: { id: randomBytes(16), from: new Date(0), until, work } })
    }
    await limits.take([toll])
    for (let count = 1; count < 4; count++) expect((await pay(1)).allowed).toBe(true)
    const due = await pay(1)
    expect(due).toMatchObject({ allowed: false, owed: { times: 4 } })
    expect((await pay(2)).allowed).toBe(true)
  })

  it('spend nothing where another limit refuses, or where no toll is due', async () => {
    const [full, toll] = [charge({ max: 1 }), charge({ name: 'toll', max: 1, beyond: 'toll' })]
    const until = new Date(clock.now().getTime() + minute)
    const payment = { id: randomBytes(16), from: new Date(0), until, work: 1 }
    expect((await limits.take([full, toll], { payment })).allowed).toBe(true)
    expect((await limits.take([full, toll], { payment })).refused).toBe('test')
    expect((await limits.take([toll], { payment })).allowed).toBe(true)
  })

  it('only tell where they are of that kind, and count on', async () => {
    const one = charge({ max: 2, beyond: 'tell' })
    const told = async () => {
      const { allowed, exceeded, last } = await limits.take([one])
      return [allowed, exceeded, last]
    }
    expect(await told()).toEqual([true, [], []])
    expect(await told()).toEqual([true, [], ['test']])
    expect(await told()).toEqual([true, ['test'], []])
  })

  it('undo a charge by its name, and none that came after', async () => {
    const one = charge()
    const [first, second] = [randomUUID(), randomUUID()]
    await limits.take([one])
    await limits.take([one], { id: first })
    await limits.undo([one], randomUUID())
    expect(await countOf(opened, one)).toBe(2)
    await limits.undo([one], first)
    await limits.undo([one], first)
    expect(await countOf(opened, one)).toBe(1)
    await limits.take([one], { id: first })
    await limits.take([one], { id: second })
    await limits.undo([one], first)
    expect(await countOf(opened, one)).toBe(3)
  })

  async function sweepOnce(): Promise<void> {
    const runner = createRunner(opened.database, { inTransaction: false })
    const sweep = prepareSweep(tables, {
      elsewhereMs: null,
      joints: composeJoints(tables, {}),
      logger: silentLogger,
    })
    const atomically = <T>(work: (same: typeof runner) => Promise<T>): Promise<T> => work(runner)
    await sweep({ runner, atomically })({
      dryRun: false,
      claimsAfterMs: 7 * 24 * 60 * minute,
      audit: { keepMs: null, keepPersonalMs: minute },
    })
  }

  it('are swept when they are over', async () => {
    const one = charge()
    await limits.take([one])
    clock.advance('15m')
    await sweepOnce()
    expect(await countOf(opened, one)).toBeNull()
    expect((await limits.take([one])).allowed).toBe(true)
  })

  it('get back what turned out right, and its pause ends', async () => {
    const one = charge({ max: 2, pauseMs: minute })
    const other = charge()
    for (let index = 0; index < 5; index++) {
      expect((await limits.take([one, other])).allowed).toBe(true)
      await limits.refund([one, other])
    }
    expect([await countOf(opened, one), await countOf(opened, other)]).toEqual([0, 0])
    await limits.refund([one, charge()])
    expect(await countOf(opened, one)).toBe(0)
  })

  it('have no pause any more once what was missed turned out right', async () => {
    const one = charge({ max: 2, pauseMs: minute })
    await limits.take([one])
    await limits.miss(missOf(one))
    expect((await limits.take([one])).allowed).toBe(false)
    await limits.refund([one])
    expect((await limits.take([one])).allowed).toBe(true)
  })

  it('get nothing back for a window that is over', async () => {
    const one = charge({ max: 1 })
    await limits.take([one])
    clock.advance('15m')
    await limits.refund([one])
    expect(await countOf(opened, one)).toBe(1)
    expect(await takeTimes(limits, 2, one)).toEqual([true, false])
  })

  it('charge the same budget and subject once', async () => {
    const one = charge({ max: 2 })
    expect(await takeTimes(limits, 3, one, one)).toEqual([true, true, false])
  })

  it('are free of charge where nothing is charged', async () => {
    expect((await limits.take([])).allowed).toBe(true)
    await limits.refund([])
  })

  it('never have room where the limit is none', async () => {
    expect(await limits.take([charge({ max: 0 })])).toMatchObject({
      allowed: false,
      retryAfterMs: 15 * minute,
      refused: 'test',
    })
  })

  it('take any subject, long and hostile ones too, and keep them apart', async () => {
    const hostile = [
      '',
      '\0',
      "'; drop table attempts --",
      '{"a",NULL}',
      '\\',
      'NULL',
      '\ud800',
      '🦉'.repeat(200),
    ]
    const long = ['x', 'y'].map((end) => 'a'.repeat(100_000) + end)
    for (const subject of [...hostile, ...long]) {
      expect(await takeTimes(limits, 2, charge({ subject, max: 1 }))).toEqual([true, false])
    }
  })

  it('agree with a plain count, whatever is charged and given back when', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('take' as const), keys: fc.subarray([0, 1, 2], { minLength: 1 }) }),
      fc.record({ kind: fc.constant('refund' as const), keys: fc.subarray([0, 1, 2], { minLength: 1 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const charges = [1, 2, 3].map((limit) => charge({ max: limit, name: `p${limit}` }))
        const counts = [0, 0, 0]
        for (const { kind, keys } of steps) {
          const chosen = keys.map((key) => charges[key] as Limit)
          if (kind === 'take') {
            const fits = keys.every((key) => (counts[key] as number) <= key)
            expect((await limits.take(chosen)).allowed).toBe(fits)
            if (fits) for (const key of keys) counts[key] = (counts[key] as number) + 1
          } else {
            await limits.refund(chosen)
            for (const key of keys) counts[key] = Math.max((counts[key] as number) - 1, 0)
          }
        }
      }),
      { numRuns: 25 },
    )
  })
})

describe('budgets beside each other, on PostgreSQL', () => {
  let opened: Opened
  let url: string
  let nodes: Node[]
  // Statements that the server refused, before a runner retries them.
  const deadlocks: unknown[] = []
  const watch = (database: Database): Database => ({
    ...database,
    query: (statement) =>
      database.query(statement).catch((error: unknown) => {
        if ((error as { code?: unknown }).code === '40P01') deadlocks.push(error)
        throw error
      }),
  })
  beforeAll(async () => {
    const server = await openServer()
    url = server.url
    opened = wrap(server.database)
    nodes = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const database = watch(await openPostgres(url, { max: 1 }))
        await database.query({ text: 'select 1', values: [] })
        return {
          database,
          limits: createLimitStore(createRunner(database, { inTransaction: false }), tables),
        }
      }),
    )
  })
  afterAll(() => Promise.all([opened, ...nodes].map(({ database }) => database.close())))

  const burst = (times: number, charges: (index: number) => readonly Limit[]): Promise<LimitVerdict[]> =>
    Promise.all(
      Array.from({ length: times }, (_, index) => {
        const { limits } = nodes[index % nodes.length] as Node
        return limits.take(charges(index))
      }),
    )

  it('let a burst of four times the budget take exactly the budget, of new and of old subjects', async () => {
    for (let round = 0; round < 5; round++) {
      const one = charge({ max: 20 })
      const wide = charge({ name: 'wide', max: 1000 })
      if (round % 2 === 1) {
        await opened.limits.take([one])
        await opened.limits.refund([one])
      }
      const verdicts = await burst(80, () => (round % 3 === 0 ? [wide, one] : [one, wide]))
      expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(20)
      expect([await countOf(opened, one), await countOf(opened, wide)]).toEqual([20, 20])
    }
  })

  it('let one payment pay once, whoever presents it at the same time', async () => {
    const one = charge({ max: 1, beyond: 'toll' })
    await opened.limits.take([one])
    const until = new Date(Date.now() + minute)
    const payment = { id: randomBytes(16), from: new Date(0), until, work: 32 }
    const verdicts = await Promise.all(nodes.map(({ limits }) => limits.take([one], { payment })))
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(1)
  })

  it('wait for each other in one order: overlapping charges in any order end without a fault', async () => {
    const all = Array.from({ length: 5 }, (_, index) => charge({ name: `b${index}`, max: 1000 }))
    const rotated = (index: number) => [...all.slice(index % 5), ...all.slice(0, index % 5)].slice(0, 3)
    const verdicts = await burst(200, rotated)
    expect(verdicts.every(({ allowed }) => allowed)).toBe(true)
    const counts = await Promise.all(all.map((each) => countOf(opened, each)))
    expect(counts).toEqual([120, 120, 120, 120, 120])
    expect(deadlocks).toEqual([])
  })

  it('lock whom a notice is for, so that nobody who is disabled meanwhile, and no address that went, gets one', async () => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const ids = [randomUUID(), randomUUID(), randomUUID()]
    await client.query(
      `insert into ${tables.users} (id, created_at, updated_at) select unnest($1::uuid[]), now(), now()`,
      [ids],
    )
    await client.query(
      `insert into ${tables.identities} (id, user_id, type, value, value_key, passwordless, verified_at, created_at, updated_at)
      select gen_random_uuid(), u, 'email', u || '@example.com', u || '@example.com', false, now(), now(), now()
      from unnest($1::uuid[]) u`,
      [ids],
    )
    await client.query('begin')
    await client.query(`select from ${tables.users} where id = any ($1) for update`, [ids])
    const closings = ids.map((id) => opened.limits.closed(id))
    const waiting = `select count(*)::integer as count from pg_stat_activity
      where wait_event_type = 'Lock' and datname = current_database()`
    const [observer] = nodes as [Node]
    await expect
      .poll(async () => (await observer.database.query({ text: waiting, values: [] })).rows[0]?.['count'])
      .toBe(3)
    // Each waits for the user's row before it holds any other lock.
    await client.query(`select from ${tables.identities} where user_id = any ($1) for update nowait`, [ids])
    await client.query(`update ${tables.users} set disabled_at = now() where id = $1`, [ids[0]])
    await client.query(`delete from ${tables.identities} where user_id = $1`, [ids[1]])
    await client.query('commit')
    await Promise.all(closings)
    const { rows } = await client.query(
      `select user_id from ${tables.outbox} where event = 'password_paused' and user_id = any ($1)`,
      [ids],
    )
    expect(rows).toEqual([{ user_id: ids[2] }])
    await client.end()
  })

  it('give two who make one row one after the other: the second counts on the first, and nothing else twice', async () => {
    const [one, other] = [charge({ max: 1 }), charge({ name: 'other' })]
    const [observer] = nodes as [Node]
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query('begin')
    await client.query(
      `insert into ${tables.attempts} (budget, subject, count, resets_at) values ($1, $2, 1, now() + interval '1 hour')`,
      [one.name, one.subject],
    )
    const beside = opened.limits.take([one, other])
    const waiting = `select count(*)::integer as count from pg_stat_activity
      where wait_event_type = 'Lock' and datname = current_database()`
    await expect
      .poll(async () => (await observer.database.query({ text: waiting, values: [] })).rows[0]?.['count'])
      .toBe(1)
    await client.query('commit')
    await client.end()
    expect((await beside).refused).toBe('test')
    expect([await countOf(opened, one), await countOf(opened, other)]).toEqual([1, null])
  })
})
