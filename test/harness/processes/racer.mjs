// One process of races: opens its own engines on the given server, and runs the attempts of one race after the other.
// argv: JSON { url, connections }. Each line of the input is a race: JSON [{ operation, args }]. Prints `ready` for it,
// waits for the line `go`, runs all attempts at once, and prints one JSON line of outcomes. Ends with its input.
import { createInterface } from 'node:readline'
import { createAuth, AuthError } from '../../../dist/index.js'

const { url, connections } = JSON.parse(process.argv[2])
const secret = 'a secret of tests that opens nothing else'
const quiet = {
  sender: { deliver: async () => undefined },
  outbox: { worker: false },
  sweep: { every: false },
}
const engines = await Promise.all(
  Array.from({ length: connections }, () => createAuth({ database: url, secret, ...quiet })),
)

const attempt = async ({ operation, args }, index) => {
  try {
    const result = await engines[index % connections].accounts[operation](...args)
    return { won: true, user: result?.user?.id ?? result?.id ?? null }
  } catch (error) {
    return AuthError.is(error) ? { won: false, code: error.code } : { won: false, raw: String(error) }
  }
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
  const attempts = JSON.parse(line.value)
  await Promise.all(engines.map((engine) => engine.query('select 1')))
  process.stdout.write('ready\n')
  await lines.next()
  process.stdout.write(`${JSON.stringify(await Promise.all(attempts.map(attempt)))}\n`)
}
process.exit(0)
