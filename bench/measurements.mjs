// Opens every system in its own process on one server, runs the suites in turn, and closes everything again.
import { compare, countStatements } from './compare.mjs'
import { start } from './calls.mjs'
import { measureFirstSession } from './first-session.mjs'
import { measureFootprints } from './footprint.mjs'
import { measureGrowth } from './growth.mjs'
import { startServer } from './postgres.mjs'
import { measureStorm } from './storm.mjs'
import { baseOf, suites } from './suites.mjs'
import { systems } from './systems/index.mjs'

async function openWorkers({ server, seed, names, say }) {
  const workers = new Map()
  const urls = new Map()
  try {
    for (const name of names) {
      const { database } = systems[name]
      const fresh = !urls.has(database)
      if (fresh) urls.set(database, await server.createDatabase(database))
      const filler = fresh ? start('worker.mjs', fillerOf(database), urls.get(database), seed) : null
      if (filler !== null) {
        say(`  filling ${database}`)
        await filler.call('prepare')
        await filler.stop()
      }
      const worker = start('worker.mjs', name, urls.get(database), seed)
      workers.set(name, worker)
      await worker.call('open')
    }
    return workers
  } catch (error) {
    await closeWorkers(workers)
    throw error
  }
}

const fillers = { latchkey: 'Latchkey', better_auth: 'better-auth', lucia: 'Lucia v3', auth_js: 'Auth.js' }
const fillerOf = (database) => fillers[database]

async function closeWorkers(workers) {
  for (const worker of workers.values()) {
    await worker.call('close').catch(() => undefined)
    await worker.stop()
  }
}

// Over HTTP, the server runs in the worker, and the load in its own process.
function overHttp(workers, load, targets, inFlight) {
  return async (name, ms) => {
    const worker = workers.get(name)
    const before = await worker.call('usage')
    const measured = await load.call('run', { target: targets.get(name), inFlight, ms })
    const after = await worker.call('usage')
    return { ...measured, nodeMicros: after.nodeMicros - before.nodeMicros }
  }
}

/**
 * Runs the selected measurements. `only` names suites, and `growth`, `storm` and `footprint`; `counts` are
 * the table sizes of the growth; `contestants` are the compared systems, by default all.
 */
export async function measureAll({
  seed,
  ms,
  rounds,
  only,
  counts,
  contestants: among,
  countStatementsToo,
  say,
}) {
  const wanted = suites.filter(({ operation }) => only.includes(operation))
  const names = Object.keys(systems).filter(
    (name) =>
      (among?.includes(name) ?? true) &&
      (wanted.some((suite) => suite.names.includes(name)) || (name === 'Latchkey' && only.includes('storm'))),
  )
  const server = await startServer()
  const results = { tables: [] }
  try {
    results.postgres = await server.version()
    const workers = await openWorkers({ server, seed, names, say })
    const load = start('load.mjs', 'load')
    try {
      const targets = new Map()
      for (const name of names) {
        const target = await workers.get(name).call('listen')
        if (target !== null) targets.set(name, target)
      }
      for (const suite of wanted) {
        for (const inFlight of suite.inFlight) {
          say(`  ${suite.title}, ${inFlight} in flight`)
          const { operation } = suite
          const measure =
            operation === 'http'
              ? overHttp(workers, load, targets, inFlight)
              : (name, forMs) => workers.get(name).call('run', { operation, inFlight, ms: forMs })
          const contestants = suite.names.filter((name) => workers.has(name))
          const rows = await compare(contestants, { base: baseOf(suite), ms, rounds, server, measure })
          if (countStatementsToo && operation !== 'http')
            for (const row of rows)
              row.statements = await countStatements(row.name, {
                server,
                workers,
                operation,
                inFlight,
                ms: 300,
              })
          results.tables.push({ operation, inFlight, rows })
        }
      }
      if (only.includes('storm')) {
        say('  a storm of sign-ins')
        const worker = workers.get('Latchkey')
        results.storm = await measureStorm({ worker, target: targets.get('Latchkey'), bursts: 5 })
      }
      results.resident = []
      for (const [name, worker] of workers)
        results.resident.push({ name, rss: (await worker.call('usage')).rss })
    } finally {
      await load.stop()
      await closeWorkers(workers)
    }
    if (only.includes('footprint')) {
      say('  first sessions of new processes')
      results.firstSessionMs = await measureFirstSession({ server, seed, times: 10 })
    }
    if (only.includes('growth')) results.growth = await measureGrowth({ server, seed, counts, rounds, say })
  } finally {
    await server.stop()
  }
  if (only.includes('footprint')) results.footprint = measureFootprints(rounds)
  return results
}
