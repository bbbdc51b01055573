// npm run bench:against -- FOLDER: measures this checkout and another built one in turn on one server, and
// fails if an operation of this one has become slower by more than the bound.
//
//   --only a,b         operations with their concurrency, such as session@64
//   --bound            how much slower it may be, as a fraction. Default: 0.03
//   --rounds, --ms     rounds, and milliseconds of each turn
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { start } from './calls.mjs'
import { compare } from './compare.mjs'
import { startServer } from './postgres.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: 'session@1,session@64,signIn@1,signIn@4,redeem@1,redeem@16' },
    bound: { type: 'string', default: '0.03' },
    rounds: { type: 'string', default: '9' },
    ms: { type: 'string', default: '2000' },
  },
})
const [other] = positionals
if (other === undefined) throw new Error('Name the folder of the other checkout.')
const checkouts = new Map([
  ['other', resolve(other)],
  ['this', join(import.meta.dirname, '..')],
])
const seed = 'latchkey'

const server = await startServer()
const workers = new Map()
try {
  for (const [name, folder] of checkouts) {
    // Both run the operations of this bench, over the same rows.
    process.env.LATCHKEY_CHECKOUT = folder
    const worker = start('worker.mjs', 'Latchkey', await server.createDatabase(name), seed)
    workers.set(name, worker)
    await worker.call('prepare')
    await worker.call('open')
  }
  const names = [...checkouts.keys()]
  for (const key of values.only.split(',')) {
    const [operation, inFlight] = key.split('@')
    const rows = await compare(names, {
      base: 'other',
      ms: Number(values.ms),
      rounds: Number(values.rounds),
      server,
      measure: (name, ms) => workers.get(name).call('run', { operation, inFlight: Number(inFlight), ms }),
    })
    const [before, { ratio, least, most, perSecond, ...now }] = rows
    const cpu = ['node', 'postgres'].map((of) => {
      const column = `${of}PerOperation`
      return `${of} ${before[column].toFixed(0)} -> ${now[column].toFixed(0)} µs`
    })
    const held = ratio >= 1 - Number(values.bound)
    console.log(
      `${held ? 'ok    ' : 'SLOWER'} ${key.padEnd(12)} ${ratio.toFixed(3)} of the other` +
        ` (${least.toFixed(3)} to ${most.toFixed(3)}), ${Math.round(perSecond)} a second; ${cpu.join(', ')}`,
    )
    if (!held) process.exitCode = 1
  }
} finally {
  for (const worker of workers.values()) {
    await worker.call('close').catch(() => undefined)
    await worker.stop()
  }
  await server.stop()
}
