// Interleaved comparison: every system has a turn in each round, in a changing order, and the medians count.
import { median } from './measure.mjs'
import { systems } from './systems/index.mjs'

const columns = ['perSecond', 'p50', 'p99', 'nodePerOperation', 'postgresPerOperation']

/** Rotates a list. */
const rotated = (list, by) => list.map((_, index) => list[(index + by) % list.length])

/**
 * Measures all systems in each round. `measure(name, ms)` runs one and returns `done`, `perSecond`, `p50`,
 * `p99` and `nodeMicros`. The ratios are to `base`, round by round.
 */
export async function compare(names, { base, ms, rounds, server, measure }) {
  const rows = new Map(names.map((name) => [name, []]))
  for (const name of names) await measure(name, ms / 2)
  for (let round = 0; round < rounds; round++) {
    for (const name of rotated(names, round)) {
      const before = server.cpuMicros()
      const measured = await measure(name, ms)
      const postgresMicros = server.cpuMicros() - before
      rows.get(name).push({
        ...measured,
        nodePerOperation: measured.nodeMicros / measured.done,
        postgresPerOperation: postgresMicros / measured.done,
      })
    }
  }
  return names.map((name) => {
    const own = rows.get(name)
    const ratios = own.map(({ perSecond }, round) => perSecond / rows.get(base)[round].perSecond)
    return {
      name,
      ...Object.fromEntries(columns.map((column) => [column, median(own.map((row) => row[column]))])),
      ratio: median(ratios),
      least: Math.min(...ratios),
      most: Math.max(...ratios),
    }
  })
}

/** How many statements one operation runs at this concurrency. */
export async function countStatements(name, { server, workers, operation, inFlight, ms }) {
  const { calls, result } = await server.countStatements(systems[name].database, () =>
    workers.get(name).call('run', { operation, inFlight, ms }),
  )
  return calls / result.done
}
