// npm run bench: measures on a PostgreSQL of its own, prints ratios, and writes docs/benchmarks.md.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))
if (!existsSync(`${here}node_modules`))
  execFileSync('npm', ['ci', '--silent'], { cwd: here, stdio: 'inherit' })
execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })

const { default: pg } = await import('pg')
const { compare, median } = await import('./measure.mjs')
const { linkLife, passwordSignIn, sessionCheck } = await import('./contestants.mjs')
const { startServer } = await import('./server.mjs')
const { createAuth } = await import('../dist/index.js')
const { openPostgres } = await import('../dist/store/postgres.js')

const quick = process.argv.includes('--quick')
const timing = quick ? { ms: 400, rounds: 3 } : { ms: 1500, rounds: 7 }
const secret = 'a secret of the bench that opens nothing else'
const server = await startServer()
const lines = []
const say = (line = '') => {
  lines.push(line)
  console.log(line)
}

function table(title, results) {
  say(`### ${title}`)
  say()
  say('| what | per second | ratio | spread of the ratio |')
  say('| --- | ---: | ---: | --- |')
  for (const { name, perSecond, ratio, spread } of results)
    say(`| ${name} | ${perSecond} | ${ratio} | ${spread} |`)
  say()
}

try {
  // The floor has the time-outs that a pool in production has, as ours does.
  const pool = new pg.Pool({
    connectionString: server.url,
    max: 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
  })
  pool.on('error', () => undefined)
  const database = await openPostgres(server.url, { max: 10 })
  // The worker is left aside, as the raw statements have none; the token is read from what was sealed for it.
  const auth = await createAuth({
    database,
    migrate: true,
    secret,
    outbox: { worker: false },
    sweep: { every: false },
  })

  // Hits leave the loop no turn in which a sign of life could come back, which requests over a network do.
  const cached = await createAuth({
    database: server.url,
    secret,
    outbox: { worker: false },
    sweep: { every: false },
    sessionCache: { maxLag: '5m' },
  })

  const password = 'seven wooden lanterns drifting'
  const people = []
  for (let index = 0; index < 64; index++) {
    const { user, identities } = await auth.accounts.importUser({
      email: `person-${index}@example.com`,
      verified: true,
    })
    people.push({ user, identity: identities[0] })
  }
  await auth.accounts.setPassword(people[0].user, password)

  async function growTo(count) {
    const { rows } = await pool.query('select count(*)::integer as count from latchkey.sessions')
    await pool.query(
      `insert into latchkey.sessions (id, user_id, secret_hash, authenticated_at, valid_since, seen_at, idle_expires_at, expires_at, methods, created_at)
       select gen_random_uuid(), (array(select id from latchkey.users))[1 + n % 64], sha256(n::text::bytea), now(), now(), now(),
         now() + interval '14 days', now() + interval '90 days', '{password}', now() from generate_series(1, $1::integer) n`,
      [Math.max(0, count - rows[0].count)],
    )
    await pool.query('vacuum analyze latchkey.sessions')
  }

  const tokens = []
  for (let index = 0; index < 2000; index++)
    tokens.push(await auth.accounts.generateUserSessionToken(people[index % 64].user))

  while ((await cached.health()).sessionCache !== 'trusted')
    await new Promise((resolve) => setTimeout(resolve, 50))
  for (const token of tokens) await cached.accounts.getUserBySessionToken(token)

  say(
    `Measured on ${cpus().length} cores (${cpus()[0].model.trim()}), Node ${process.version}, ${(await pool.query('show server_version')).rows[0].server_version} on the same machine.`,
  )
  say(
    'Each ratio is the median of the ratios of its rounds; the contestants of a table take turns within one run.',
  )
  say()

  await growTo(100_000)
  for (const inFlight of [1, 16, 64]) {
    table(
      `Session check, ${inFlight} in flight, 100,000 sessions`,
      await compare(sessionCheck({ auth, cached, pool, tokens }), { inFlight, ...timing }),
    )
  }

  const latencies = []
  for (const count of [1_000, 100_000, 1_000_000]) {
    if (count > 1_000) await growTo(count)
    else await pool.query(`delete from latchkey.sessions where methods = '{password}'`)
    const samples = []
    for (let index = 0; index < 6000; index++) {
      const start = performance.now()
      await auth.accounts.getUserBySessionToken(tokens[(index * 7919) % tokens.length])
      if (index >= 1000) samples.push(performance.now() - start)
    }
    latencies.push({ count, ms: median(samples) })
  }
  say('### Growth: p50 of one session check')
  say()
  say('| sessions | p50 in ms | to the first |')
  say('| ---: | ---: | ---: |')
  for (const { count, ms } of latencies)
    say(`| ${count} | ${ms.toFixed(3)} | ${(ms / latencies[0].ms).toFixed(2)} |`)
  say()

  // Each lane needs the token of its own request, which only the sender gets. So the minting is watched.
  const { linkAuth, tokenOf } = await openWatched(server.url)
  const life = linkLife({ auth: linkAuth, pool, people, lastToken: tokenOf })
  for (const inFlight of [1])
    table(`A link's life, ${inFlight} in flight`, await compare(life, { inFlight, ...timing }))
  await linkAuth.close()

  const signIn = await passwordSignIn({ auth, pool, email: 'person-0@example.com', password })
  for (const inFlight of [1, 4]) {
    table(`Sign-in by password, ${inFlight} in flight`, await compare(signIn, { inFlight, ...timing }))
  }

  await cached.close()
  await auth.close()
  const start = (script) =>
    Array.from({ length: quick ? 3 : 9 }, () =>
      Number(
        spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', cwd: root })
          .stdout,
      ),
    )
  const importing = `const s = performance.now(); await import('./dist/index.js'); console.log(performance.now() - s)`
  const first = `const { createAuth } = await import('./dist/index.js');
    const auth = await createAuth({ database: ${JSON.stringify(server.url)}, secret: ${JSON.stringify(secret)} });
    if (await auth.accounts.getUserBySessionToken(${JSON.stringify(tokens[0])}) === null) throw new Error('no session');
    console.log(performance.now()); await auth.close()`
  say('### Start')
  say()
  say('| what | median in ms |')
  say('| --- | ---: |')
  say(`| \`import 'latchkey'\` | ${median(start(importing)).toFixed(0)} |`)
  say(`| process start to the first validated session, on a server | ${median(start(first)).toFixed(0)} |`)
  say()
  await pool.end()
} finally {
  await server.stop()
}
if (!quick) {
  const head =
    '# Benchmarks\n\nWritten by `npm run bench`. Ratios compare within one run; absolute figures are of the machine that is named.\n\n'
  writeFileSync(`${root}docs/benchmarks.md`, `${head}${lines.join('\n').trimEnd()}\n`)
}

// An engine whose messages are opened as they are queued, without a worker in between.
async function openWatched(url) {
  const opened = await openPostgres(url, { max: 10 })
  const { createSecrets } = await import('../dist/secrets/index.js')
  const reader = createSecrets({ secrets: [secret], codeLength: 6 })
  let token = ''
  const decorated = {
    ...opened,
    query(statement) {
      if (statement.name?.startsWith('latchkey_verification_issue') === true) {
        const [messageId, sealed] = statement.values.slice(-2)
        token = reader.unseal(messageId, sealed).token
      }
      return opened.query(statement)
    },
  }
  const linkAuth = await createAuth({
    database: decorated,
    secret,
    outbox: { worker: false },
    sweep: { every: false },
  })
  return { linkAuth, tokenOf: () => token }
}
