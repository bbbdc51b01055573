/** How long the statements take that were once slow, with generic plans, on the tables of a database that is full. */

import { randomUUID } from 'node:crypto'
import { silentLogger } from '../../src/base/index.js'
import { createOutbox, createRunner, openPostgres, prepareStore, tablesOf } from '../../src/store/index.js'
import { featureSettings } from './feature-settings.js'

/** What was done, and the milliseconds that it took. */
export type Timed = readonly [work: string, ms: number]

/** Runs each of them on that schema, which it changes. */
export async function timeStatements(url: string, schema: string): Promise<Timed[]> {
  const database = await openPostgres(`${url}?options=-c%20plan_cache_mode%3Dforce_generic_plan`, {
    statementTimeoutMs: 600_000,
  })
  const day = 86_400_000
  const settings = {
    schema,
    session: { idleMs: 7 * day, absoluteMs: 30 * day, renewEveryMs: day, maxPerUser: 100 },
    guesses: { maxAttempts: 5, maxMissesPerDay: 10 },
    ...featureSettings,
    sessionsElsewhere: false,
    logger: silentLogger,
  }
  const store = prepareStore(settings)(database, { inTransaction: false })
  // What a node can open begins with one of these: here, whatever the filled table holds.
  const { rows: sealed } = await database.query({
    text: `select distinct encode(substring(sealed from 1 for 5), 'hex') as head from ${tablesOf(schema).outbox}
      where sealed is not null order by 1 limit 1000`,
    values: [],
  })
  const sealedHeads = sealed.map(({ head }) => head as string)
  const outbox = createOutbox(createRunner(database, { inTransaction: false }), tablesOf(schema), {
    database,
    sealHeads: sealedHeads,
  })
  const timed: Timed[] = []
  async function time(work: string, run: () => Promise<unknown>): Promise<void> {
    const begun = performance.now()
    await run()
    timed.push([work, performance.now() - begun])
  }
  const claim = () => ({
    userId: randomUUID(),
    identityId: randomUUID(),
    type: 'email',
    value: '',
    valueKey: '',
  })

  try {
    for (const [work, address] of [
      ['a link is asked for a new address', 'nobody@example.com'],
      ['a link is asked for a known address', 'person5000@example.com'],
    ] as const) {
      await time(work, () => store.identities.findOrCreate({ ...claim(), value: address, valueKey: address }))
    }
    await time('when the next message is due', () => outbox.nextDueMs())
    const room = { secrets: 16, notices: 12 }
    await time('a lease of 16 messages', () => outbox.lease({ email: room, phone: room }, 60_000))
    await time('a look for messages that are over', () => outbox.discard(500))
    await time('when the next message is due, with some leased', () => outbox.nextDueMs())
    for (const state of ['pending', 'delivered', 'failed', null] as const) {
      await time(`a list of 100 messages (${state ?? 'all'})`, () => outbox.list({ state, limit: 100 }))
    }
    const sweep = (dryRun: boolean) =>
      store.sweep({
        dryRun,
        claimsAfterMs: 300 * day,
        audit: { keepMs: null, keepPersonalMs: 300 * day },
      })
    await time('a sweep that only counts', () => sweep(true))
    await time('a sweep that removes', () => sweep(false))
    await time('a sweep for nothing', () => sweep(false))
    return timed
  } finally {
    await database.close()
  }
}
