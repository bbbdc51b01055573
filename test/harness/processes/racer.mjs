// One process of a race: opens its own engines on the given server, waits at the barrier, runs its attempts at once.
// argv: JSON { url, connections, attempts: [{ operation, args }] }. Prints one JSON line of outcomes.
import { once } from 'node:events'
import { createAuth, AuthError } from '../../../dist/index.js'

const { url, connections, attempts } = JSON.parse(process.argv[2])
const secret = 'a secret of tests that opens nothing else'
const quiet = {
  sender: { deliver: async () => undefined },
  outbox: { worker: false },
  sweep: { every: false },
}
const engines = await Promise.all(
  Array.from({ length: connections }, () => createAuth({ database: url, secret, ...quiet })),
)
await Promise.all(engines.map((engine) => engine.query('select 1')))
process.stdout.write('ready\n')
await once(process.stdin, 'data')
const outcomes = await Promise.all(
  attempts.map(async ({ operation, args }, index) => {
    try {
      const result = await engines[index % connections].accounts[operation](...args)
      return { won: true, user: result?.user?.id ?? result?.id ?? null }
    } catch (error) {
      return AuthError.is(error) ? { won: false, code: error.code } : { won: false, raw: String(error) }
    }
  }),
)
process.stdout.write(`${JSON.stringify(outcomes)}\n`)
await Promise.all(engines.map((engine) => engine.close()))
process.exit(0)
