// From the start of a process until it has validated its first session on a server: the cost of a deployment,
// or of a function that was asleep.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { median } from './measure.mjs'
import { latchkeySessions, latchkeyToken, latchkeyUsers, secret } from './seed.mjs'
import { execute } from './postgres.mjs'

const engine = new URL('../dist/index.js', import.meta.url).href

const script = `
  const [, url, secret, token] = process.argv
  const { createAuth } = await import(${JSON.stringify(engine)})
  const auth = await createAuth({ database: url, secret, outbox: { worker: false }, sweep: { every: false } })
  const user = await auth.accounts.getUserBySessionToken(token)
  if (user === null) throw new Error('There was no session.')
  process.stdout.write('validated')
  await auth.close()`

function startOnce(url, token) {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, url, secret, token], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let ms
    child.stdout.once('data', () => (ms = performance.now() - start))
    child.once('exit', (code) =>
      code === 0 && ms !== undefined
        ? resolve(ms)
        : reject(new Error('A started process validated nothing.')),
    )
  })
}

/** The median of `times` starts, in milliseconds. */
export async function measureFirstSession({ server, seed, times }) {
  const { createAuth } = await import(engine)
  const url = await server.createDatabase('first_session')
  const auth = await createAuth({ database: url, migrate: true, secret, outbox: { worker: false } })
  await auth.close()
  const users = 10
  await execute(
    url,
    latchkeyUsers(seed, 1, users),
    latchkeySessions(seed, { from: 1, to: users, users }),
    'vacuum analyze',
  )
  const samples = []
  for (let turn = 0; turn < times; turn++) samples.push(await startOnce(url, latchkeyToken(seed, 1)))
  return median(samples)
}
