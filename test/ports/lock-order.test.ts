/**
 * One order of locks: each statement that writes is run against each other one on the same user, side by side and within
 * transactions, and PostgreSQL finds no deadlock. A retry would hide one, so the server's own count is what decides.
 * In \`npm test\` several operations are run at once, so that each pair is among some of them; \`npm run locks\` runs each
 * pair by itself.
 */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import type { Database, Queryable, Row, RunnerScope } from '../../src/store/index.js'
import {
  createLimitStore,
  createOutbox,
  createRunner,
  migrate,
  openPostgres,
  prepareLedger,
  prepareStore,
  tablesOf,
} from '../../src/store/index.js'
import type { Operation, Person, Stores } from '../harness/lock-operations.js'
import { createPerson, operations, transactable } from '../harness/lock-operations.js'
import type { PostgresServer } from '../harness/postgres.js'
import { startPostgres } from '../harness/postgres.js'
import { featureSettings } from '../harness/feature-settings.js'

// Every statement that anything prepares, whoever wrote it.
const prepared = vi.hoisted(() => new Map<string, string>())

vi.mock(import('../../src/store/statement.js'), async (original) => {
  const real = await original()
  const keeping =
    (make: typeof real.prepare): typeof real.prepare =>
    (name, plain) => {
      const made = make(name, plain)
      prepared.set(made.text, name)
      return made
    }
  return { ...real, prepare: keeping(real.prepare), prepareUrgent: keeping(real.prepareUrgent) }
})

const day = 86_400_000
const schema = 'latchkey'
// How many operations are run at once on one person, and how many calls each of two transactions makes.
const together = process.env['LATCHKEY_LOCK_PAIRS'] === 'each' ? 2 : 6
const lanes = 2
const takesLocks = /\b(?:insert into|update|delete from|for share|for no key update|for key share)\b/

const settings = {
  ...featureSettings,
  schema,
  session: { idleMs: day, absoluteMs: day, renewEveryMs: 0, maxPerUser: 3 },
  guesses: { maxAttempts: 5 },
  logger: silentLogger,
}
const bind = prepareStore({ ...settings, sessionsElsewhere: false })
// Its sessions are over at once, for the sweep.
const bindElsewhere = prepareStore({
  ...settings,
  session: { ...settings.session, idleMs: 0 },
  sessionsElsewhere: true,
})
const bindLedger = prepareLedger(schema)

/** A database of its own, on which one pair at a time is run. */
interface Lane {
  readonly database: Database
  readonly pool: pg.Pool
  readonly stores: Stores
  /** What statements met, before anything tries them again. */
  readonly victims: unknown[]
  within(queryable: Queryable): Stores
  newPerson(): Promise<Person>
}

// For the sweep: what was over long ago, and no operation can make.
const longAgo = `now() - interval '900 days'`
const old = [
  `insert into ${schema}.outbox (id, user_id, event, to_type, to_value, due_at, created_at, delivered_at)
   values (gen_random_uuid(), $1, 'password_changed', 'email', 'old@example.com', ${longAgo}, ${longAgo}, ${longAgo})`,
  `insert into ${schema}.known_browsers (browser_hash, user_id, expires_at)
   values (sha256($1::uuid::text::bytea), $1::uuid, ${longAgo})`,
  `insert into ${schema}.spent (id, expires_at) values (sha256($1::uuid::text::bytea), ${longAgo})`,
  `insert into ${schema}.audit (event, user_id, outcome, ip, created_at)
   values ('user.created', $1::uuid, 'success', '192.0.2.1', ${longAgo})`,
]

const ran = new Set<string>()
let people = 0

async function openLane(server: PostgresServer): Promise<Lane> {
  const url = await server.createDatabase()
  const opened = await openPostgres(url)
  await migrate(opened, schema)
  const victims: unknown[] = []
  const watch = <T extends Queryable>(queryable: T): T => ({
    ...queryable,
    async query(statement) {
      ran.add(statement.text)
      try {
        return await queryable.query(statement)
      } catch (error) {
        if ((error as { code?: unknown }).code === '40P01') victims.push(error)
        throw error
      }
    },
  })
  const database: Database = {
    ...watch(opened),
    transaction: (work) => opened.transaction((tx) => work(watch(tx))),
  }
  const on = (queryable: Queryable & Partial<Database>, scope: RunnerScope): Stores => {
    const [runner, tables] = [createRunner(queryable, scope), tablesOf(schema)]
    return {
      store: bind(queryable, scope),
      elsewhere: bindElsewhere(queryable, scope),
      ledger: bindLedger(queryable, scope),
      outbox: createOutbox(runner, tables, { database, sealHeads: [] }),
      limits: createLimitStore(runner, tables),
    }
  }
  const within = (queryable: Queryable): Stores => on(watch(queryable), { inTransaction: true })
  let ready: Person[] = []
  return {
    database,
    pool: new pg.Pool({ connectionString: url, max: 4 }),
    stores: on(database, { inTransaction: false }),
    victims,
    within,
    async newPerson() {
      if (ready.length === 0) {
        ready = await opened.transaction(async (tx) => {
          const made: Person[] = []
          while (made.length < 25) made.push(await createPerson(within(tx), ++people))
          for (const { userId } of made) for (const text of old) await tx.query({ text, values: [userId] })
          return made
        })
      }
      return ready.pop() as Person
    },
  }
}

// Holds the person's rows until all wait.
async function sideBySide(
  { pool }: Lane,
  { userId, email }: Person,
  works: readonly (() => Promise<unknown>)[],
): Promise<void> {
  const gate = await pool.connect()
  await gate.query('begin')
  await gate.query(`select from ${schema}.users where id = $1 for update`, [userId])
  await gate.query(
    `select from ${schema}.attempts where subject in ($1, $2, $3) order by budget, subject for update`,
    [email, userId, `network of ${email}`],
  )
  const running = works.map((work) => work().catch(() => undefined))
  await gate.query('select pg_sleep(0.002)')
  await gate.query('commit')
  gate.release()
  await Promise.all(running)
}

/** Groups of at most `size` names, of which each pair of names is in one at least. */
function groupsOf(names: readonly string[], size: number): string[][] {
  const open = new Set(names.flatMap((one, at) => names.slice(at + 1).map((other) => `${one} / ${other}`)))
  const isOpen = (one: string, other: string): boolean =>
    open.has(`${one} / ${other}`) || open.has(`${other} / ${one}`)
  const groups: string[][] = []
  for (const pair of open) {
    if (!open.has(pair)) continue
    const group = pair.split(' / ')
    while (group.length < size) {
      const gains = names
        .filter((name) => !group.includes(name))
        .map((name) => [name, group.filter((member) => isOpen(name, member)).length] as const)
      const [best, gain] = gains.reduce<readonly [string, number]>(
        (most, each) => (each[1] > most[1] ? each : most),
        ['', 0],
      )
      if (gain === 0) break
      group.push(best)
    }
    for (const one of group) for (const other of group) open.delete(`${one} / ${other}`)
    groups.push(names.filter((name) => group.includes(name)))
  }
  return groups
}

describe('the order of locks', () => {
  let server: PostgresServer
  let open: Lane[]

  beforeAll(async () => {
    server = await startPostgres({ deadlock_timeout: "'10ms'", max_connections: '200' })
    open = await Promise.all(Array.from({ length: lanes }, () => openLane(server)))
  }, 120_000)
  afterAll(() => server.destroy())

  /** Which groups ended with a deadlock. Each lane runs one at a time. */
  async function guiltyOf(
    groups: readonly (readonly string[])[],
    run: (sessionEndpoint: Lane, group: readonly string[]) => Promise<void>,
  ): Promise<string[]> {
    const guilty: string[] = []
    const queue = [...groups]
    await Promise.all(
      open.map(async (sessionEndpoint) => {
        for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
          const already = sessionEndpoint.victims.length
          await run(sessionEndpoint, group)
          if (sessionEndpoint.victims.length > already) guilty.push(group.join(' / '))
        }
      }),
    )
    return guilty
  }

  const runSideBySide = async (sessionEndpoint: Lane, group: readonly string[]): Promise<void> => {
    const person = await sessionEndpoint.newPerson()
    const works = group.map((name) => () => (operations[name] as Operation)(sessionEndpoint.stores, person))
    await sideBySide(sessionEndpoint, person, works)
  }
  const names = Object.keys(operations)

  it(
    `keeps each two of ${names.length} operations from waiting for each other`,
    { timeout: 1_200_000 },
    async () => {
      const groups = groupsOf(names, together)
      // A pair by itself is run twice at once.
      const repeated = together > 2 ? groups : groups.map((group) => [...group, ...group])
      expect(await guiltyOf(repeated, runSideBySide)).toEqual([])
    },
  )

  it('keeps each of them from waiting for itself', { timeout: 120_000 }, async () => {
    const threefold = names.map((name) => [name, name, name])
    expect(await guiltyOf(threefold, runSideBySide)).toEqual([])
  })

  it('is that of every statement that takes a lock: none is left out', () => {
    const locking = [...prepared].filter(([text]) => takesLocks.test(text))
    expect(locking.length).toBeGreaterThan(50)
    // By name, since a store whose sessions are elsewhere has other texts for some.
    const names = new Set([...prepared].filter(([text]) => ran.has(text)).map(([, name]) => name))
    expect(locking.map(([, name]) => name).filter((name) => !names.has(name))).toEqual([])
  })

  const within = Object.keys(transactable)
  it(
    `keeps each two of ${within.length} calls in two transactions, of opposite order, from waiting for each other`,
    { timeout: 1_200_000 },
    async () => {
      async function both(sessionEndpoint: Lane, person: Person, calls: readonly string[]): Promise<void> {
        const client = await sessionEndpoint.pool.connect()
        const stores = sessionEndpoint.within({
          query: (statement) => client.query<Row>(statement as pg.QueryConfig),
        })
        await client.query('begin')
        for (const name of calls) {
          await client.query('savepoint before')
          // The user may be gone, or a claim be taken: that is for others to judge.
          await (operations[name] as Operation)(stores, person).catch(() =>
            client.query('rollback to savepoint before'),
          )
        }
        await client.query('commit')
        client.release()
      }
      const guilty = await guiltyOf(
        groupsOf(within, Math.min(together, 4)),
        async (sessionEndpoint, calls) => {
          const person = await sessionEndpoint.newPerson()
          await Promise.all([
            both(sessionEndpoint, person, calls),
            both(sessionEndpoint, person, [...calls].reverse()),
          ])
        },
      )
      expect(guilty).toEqual([])
    },
  )

  it('is what the server says too: it counted the one deadlock that is planted here, and no other', async () => {
    expect(open.flatMap(({ victims }) => victims)).toEqual([])
    const [{ pool, newPerson }] = open as [Lane]
    const [person, other] = [await newPerson(), await newPerson()]
    const held = [await pool.connect(), await pool.connect()] as const
    const lock = (client: pg.PoolClient, { userId }: Person) =>
      client.query(`select from ${schema}.users where id = $1 for update`, [userId])
    for (const client of held) await client.query('begin')
    await lock(held[0], person)
    await lock(held[1], other)
    const refused: unknown[] = []
    const second = [lock(held[0], other), lock(held[1], person)] as const
    await Promise.all(
      second.map((waiting, index) =>
        waiting.catch((error: unknown) => {
          refused.push((error as { code?: unknown }).code)
          return held[index]?.query('rollback')
        }),
      ),
    )
    expect(refused).toEqual(['40P01'])
    // A connection that ends has written its part of the statistics.
    for (const client of held) client.release(true)
    for (const sessionEndpoint of open) {
      await sessionEndpoint.database.close()
      await sessionEndpoint.pool.end()
    }
    const countedByServer = async (): Promise<number> => {
      const client = new pg.Client({ connectionString: server.url })
      await client.connect()
      const { rows } = await client.query<{ deadlocks: number }>(
        'select sum(deadlocks)::integer as deadlocks from pg_stat_database',
      )
      await client.end()
      return rows[0]?.deadlocks ?? 0
    }
    await expect.poll(countedByServer, { timeout: 10_000 }).toBe(1)
  })
})
