// A process that locks a directory at the barrier and holds it until it is killed. argv: the directory. Prints `ready`,
// then `held` or the refusal.
import { once } from 'node:events'
import { lockDirectory } from '../../../dist/store/directory-lock.js'

process.stdout.write('ready\n')
await once(process.stdin, 'data')
const line = await lockDirectory(process.argv[2]).then(
  () => 'held',
  (error) => String(error),
)
process.stdout.write(`${line.replaceAll('\n', ' ')}\n`)
setInterval(() => undefined, 60_000)
