// How a session check scales with the table: from a thousand sessions to ten million, checked across the
// whole table.
import { execute } from './postgres.mjs'
import { median, percentile } from './measure.mjs'
import {
  askedNumbers,
  latchkeySessions,
  latchkeyToken,
  latchkeyUsers,
  secret,
  sessionsPerUser,
  wander,
} from './seed.mjs'

const samples = 6_000
const warmUp = 1_000
const batch = 1_000_000

// Beyond a million rows, rebuilding the indexes is many times faster than updating them.
async function grow(url, { seed, count }) {
  const users = Math.ceil(count / sessionsPerUser)
  await execute(url, 'set synchronous_commit = off', latchkeyUsers(seed, 1, users))
  const bulk = count > batch
  const indexes = bulk
    ? await execute(
        url,
        `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition, c.conname
        from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype = 'p' where i.indrelid = 'latchkey.sessions'::regclass`,
      )
    : []
  for (const { name, conname } of indexes)
    await execute(
      url,
      conname === null ? `drop index ${name}` : `alter table latchkey.sessions drop constraint ${conname}`,
    )
  for (let start = 0; start < count; start += batch) {
    const range = { from: start + 1, to: Math.min(start + batch, count), users }
    await execute(url, 'set synchronous_commit = off', latchkeySessions(seed, range))
  }
  for (const { definition, conname } of indexes)
    await execute(
      url,
      "set maintenance_work_mem = '1GB'",
      conname === null
        ? definition
        : `alter table latchkey.sessions add constraint ${conname} primary key (id)`,
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

async function openTable({ server, seed, count, createAuth }) {
  const url = await server.createDatabase(`growth_${count}`)
  const auth = await createAuth({
    database: url,
    migrate: true,
    secret,
    outbox: { worker: false },
    sweep: { every: false },
  })
  await grow(url, { seed, count })
  const [sizes] = await execute(
    url,
    `select pg_relation_size('latchkey.sessions') as heap, pg_indexes_size('latchkey.sessions') as indexes`,
  )
  return {
    count,
    auth,
    tokens: askedNumbers(count).map((n) => latchkeyToken(seed, n)),
    heapBytes: Number(sizes.heap) / count,
    indexBytes: Number(sizes.indexes) / count,
  }
}

/** Measures each table size on its own database; in each round all of them in turn. */
export async function measureGrowth({ server, seed, counts, rounds, say }) {
  const { createAuth } = await import('../dist/index.js')
  const tables = []
  try {
    for (const count of counts) {
      say(`  filling a table of ${count.toLocaleString('en-US')} sessions`)
      tables.push(await openTable({ server, seed, count, createAuth }))
    }
    say('  checks in tables of every size')
    const rounded = new Map(tables.map((table) => [table, []]))
    for (let round = 0; round < rounds; round++)
      for (const table of tables) rounded.get(table).push(await timeChecks(table.auth, table.tokens))
    return tables.map((table) => {
      const { count, heapBytes, indexBytes } = table
      const at = (part) => median(rounded.get(table).map((times) => percentile(times, part)))
      return { count, p50: at(0.5), p99: at(0.99), heapBytes, indexBytes }
    })
  } finally {
    for (const { auth } of tables) await auth.close()
  }
}
