// How a session check grows with the table: from a thousand sessions to ten millions, asked for all over the table.
import { execute } from './postgres.mjs'
import { median, percentile } from './measure.mjs'
import { askedNumbers, latchkeySessions, latchkeyToken, latchkeyUsers, secret, sessionsPerUser, wander } from './seed.mjs'

const samples = 6_000
const warmUp = 1_000
const batch = 1_000_000

// Beyond a million rows, building the indexes anew is many times faster than keeping them up.
async function grow(url, { seed, from, to }) {
  const users = (count) => Math.ceil(count / sessionsPerUser)
  await execute(url, 'set synchronous_commit = off', latchkeyUsers(seed, users(from) + 1, users(to)))
  const bulk = to - from > batch
  const indexes = bulk
    ? await execute(url, `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition, c.conname
        from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype = 'p' where i.indrelid = 'latchkey.sessions'::regclass`)
    : []
  for (const { name, conname } of indexes)
    await execute(url, conname === null ? `drop index ${name}` : `alter table latchkey.sessions drop constraint ${conname}`)
  for (let start = from; start < to; start += batch) {
    const range = { from: start + 1, to: Math.min(start + batch, to), users: users(to) }
    await execute(url, 'set synchronous_commit = off', latchkeySessions(seed, range))
  }
  for (const { definition, conname } of indexes)
    await execute(
      url,
      "set maintenance_work_mem = '1GB'",
      conname === null ? definition : `alter table latchkey.sessions add constraint ${conname} primary key (id)`,
    )
  await execute(url, 'vacuum analyze latchkey.users', 'vacuum analyze latchkey.sessions', 'checkpoint')
}

async function timeChecks(auth, tokens) {
  const next = wander(tokens)
  const times = []
  for (let index = 0; index < warmUp + samples; index++) {
    const start = performance.now()
    const user = await auth.accounts.getUserBySessionToken(next())
    if (user === null) throw new Error('There was no session.')
    if (index >= warmUp) times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)
}

/** Measures at each count of sessions, on a database of its own, in rounds. */
export async function measureGrowth({ server, seed, counts, rounds, say }) {
  const { createAuth } = await import('../dist/index.js')
  const url = await server.createDatabase('growth')
  const auth = await createAuth({ database: url, migrate: true, secret, outbox: { worker: false }, sweep: { every: false } })
  const rows = []
  try {
    let from = 0
    for (const to of counts) {
      say(`  growing to ${to.toLocaleString('en-US')} sessions`)
      await grow(url, { seed, from, to })
      from = to
      const tokens = askedNumbers(to).map((n) => latchkeyToken(seed, n))
      const rounded = []
      for (let round = 0; round < rounds; round++) rounded.push(await timeChecks(auth, tokens))
      const [sizes] = await execute(
        url,
        `select pg_relation_size('latchkey.sessions')::bigint as heap, pg_indexes_size('latchkey.sessions')::bigint as indexes`,
      )
      rows.push({
        count: to,
        p50: median(rounded.map((times) => percentile(times, 0.5))),
        p99: median(rounded.map((times) => percentile(times, 0.99))),
        heapBytes: Number(sizes.heap) / to,
        indexBytes: Number(sizes.indexes) / to,
      })
    }
  } finally {
    await auth.close()
    await execute(server.url, 'drop database growth with (force)')
  }
  return rows
}
