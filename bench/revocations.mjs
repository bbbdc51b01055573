// npm run bench:revocations: three processes on one PostgreSQL cache sessions in memory and check them all
// the time, while sessions are revoked one by one; then the same while their listeners are disconnected.
// Prints how long after a revocation returned a session was still accepted. Fails above the bounds.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

const here = fileURLToPath(new URL('.', import.meta.url))
const [, , role, url] = process.argv
const maxLagMs = 2000
const secret = 'a secret of the bench that opens nothing else'
const options = { secret, outbox: { worker: false }, sweep: { every: false } }
const { createAuth } = await import('../dist/index.js')
// The machine's monotonic clock, which all processes share.
const nowMs = () => Number(process.hrtime.bigint()) / 1e6
const turn = () => new Promise((resolve) => setImmediate(resolve))
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// A node: checks its tokens over and over until it is asked when each was last accepted.
async function node() {
  const auth = await createAuth({ ...options, database: url, sessionCache: { maxLag: `${maxLagMs}ms` } })
  let tokens = []
  let acceptedAt = []
  let checks = 0
  process.on('message', async (message) => {
    if (message.tokens !== undefined) {
      tokens = message.tokens.map((token, index) => ({ token, index }))
      acceptedAt = new Array(tokens.length).fill(0)
      checks = 0
      process.send({ taken: true })
    } else {
      tokens = []
      process.send({ acceptedAt, checks, state: (await auth.health()).sessionCache })
    }
  })
  process.send({ ready: true })
  for (;;) {
    const live = tokens
    for (let start = 0; start < live.length; start += 64) {
      await Promise.all(
        live.slice(start, start + 64).map(async (entry) => {
          const startedAt = nowMs()
          const user = await auth.accounts.getUserBySessionToken(entry.token)
          checks++
          if (user === null) entry.gone = true
          else acceptedAt[entry.index] = startedAt
        }),
      )
      await turn()
    }
    if (tokens === live) tokens = live.filter(({ gone }) => gone !== true)
    if (live.length === 0) await pause(5)
  }
}

const next = (child) => new Promise((resolve) => child.once('message', resolve))

async function round(name, { nodes, auth, user, count, disturb }) {
  const tokens = []
  for (let index = 0; index < count; index++) tokens.push(await auth.accounts.generateUserSessionToken(user))
  await Promise.all(
    nodes.map((child) => {
      child.send({ tokens })
      return next(child)
    }),
  )
  await pause(1000)
  const calm = disturb?.()
  const endedAt = []
  for (const token of tokens) {
    await auth.accounts.revokeUserSessionToken(token)
    endedAt.push(nowMs())
    await pause(4)
  }
  await pause(maxLagMs + 500)
  await calm?.()
  const reports = await Promise.all(
    nodes.map((child) => {
      child.send({})
      return next(child)
    }),
  )
  const lags = reports
    .flatMap(({ acceptedAt }) => acceptedAt.map((at, index) => Math.max(0, at - endedAt[index])))
    .sort((a, b) => a - b)
  const at = (share) => lags[Math.min(lags.length - 1, Math.floor(lags.length * share))].toFixed(1)
  const checks = reports.reduce((sum, report) => sum + report.checks, 0)
  console.log(
    `${name}: ${count} ended, ${nodes.length} nodes, ${checks} checks; lag in ms p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)}; accepted after ${maxLagMs} ms: ${lags.filter((lag) => lag > maxLagMs).length}`,
  )
  return { p99: Number(at(0.99)), late: lags.filter((lag) => lag > maxLagMs).length }
}

async function run() {
  const { startServer } = await import('./postgres.mjs')
  const server = await startServer()
  const nodes = []
  try {
    const auth = await createAuth({ ...options, database: server.url, migrate: true })
    const { user } = await auth.accounts.createUserWithEmail('ada@example.com')
    for (let index = 0; index < 3; index++) nodes.push(fork(`${here}revocations.mjs`, ['node', server.url]))
    await Promise.all(nodes.map(next))
    await pause(1000)
    const count = process.argv.includes('--quick') ? 100 : 1000
    const calm = await round('under load', { nodes, auth, user, count })
    const cut = await round('listeners cut in a loop', {
      nodes,
      auth,
      user,
      count,
      disturb() {
        const client = new pg.Client({ connectionString: server.url })
        let cutting = true
        const done = client.connect().then(async () => {
          while (cutting) {
            await client.query(
              `select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%'`,
            )
            await pause(20)
          }
          await client.end()
        })
        return () => {
          cutting = false
          return done
        }
      },
    })
    await auth.close()
    if (calm.late + cut.late > 0 || calm.p99 > 100) process.exitCode = 1
  } finally {
    for (const child of nodes) child.kill()
    await server.stop()
  }
}

await (role === 'node' ? node() : run())
