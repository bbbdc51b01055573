/**
 * PgBouncer in transaction mode. It keeps named prepared statements apart from 1.21 on (`max_prepared_statements`);
 * before, a statement may meet a connection that does not know its name. Skipped where it is not installed.
 */

import { spawn, spawnSync } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuth } from '../../src/index.js'
import type { Auth } from '../../src/index.js'
import { openPostgres } from '../../src/store/index.js'
import type { Database } from '../../src/store/index.js'
import type { PostgresServer } from '../harness/postgres.js'
import { freePort, isReady, startPostgres, unprivileged } from '../harness/postgres.js'
import { populate, secret } from './nodes.js'

const version = /PgBouncer (\d+)\.(\d+)/.exec(
  spawnSync('pgbouncer', ['--version'], { encoding: 'utf8' }).stdout ?? '',
)
const namesKept = version !== null && (Number(version[1]) > 1 || Number(version[2]) >= 21)

/** Starts one over a server. */
async function startBouncer(server: PostgresServer, mode: 'transaction' | 'session') {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-pgbouncer-'))
  const identity = unprivileged()
  if (identity !== undefined) chownSync(folder, identity.uid, identity.gid)
  const port = await freePort()
  const file = join(folder, 'pgbouncer.ini')
  const lines = [
    '[databases]',
    `postgres = host=127.0.0.1 port=${server.port} user=postgres`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    `pool_mode = ${mode}`,
    'default_pool_size = 4',
    // The pool sets these as it connects, which a pooler must be told to allow.
    'ignore_startup_parameters = statement_timeout, idle_in_transaction_session_timeout',
    ...(namesKept ? ['max_prepared_statements = 200'] : []),
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  const child = spawn('pgbouncer', ['-q', file], { ...identity, cwd: folder, stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error('PgBouncer did not start.')
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return {
    url,
    async stop() {
      child.kill('SIGINT')
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

// What a host puts in between where the pooler is too old: the same statements without their names.
function withoutNames(database: Database): Database {
  return { ...database, query: ({ text, values }) => database.query({ text, values }) }
}

async function checkSessions(auth: Auth, email: string): Promise<{ right: number; faults: string[] }> {
  const person = await auth.accounts.getUserByEmail(email)
  const faults: string[] = []
  let right = 0
  if (person === null) throw new Error('There is nobody.')
  const lanes = Array.from({ length: 16 }, async () => {
    for (let round = 0; round < 25; round++) {
      try {
        const token = await auth.accounts.generateUserSessionToken(person)
        if ((await auth.accounts.getUserBySessionToken(token))?.id === person.id) right++
        await auth.accounts.revokeUserSessionToken(token)
      } catch (error) {
        faults.push(String((error as Error & { cause?: Error }).cause?.message ?? error))
      }
    }
  })
  await Promise.all(lanes)
  return { right, faults }
}

describe.skipIf(version === null)('PgBouncer', () => {
  let server: PostgresServer
  let email: string
  const quiet = { secret, outbox: { worker: false }, sweep: { every: false } } as const

  beforeAll(async () => {
    server = await startPostgres()
    email = (await populate(server.url, 1))[0] as string
  })
  afterAll(() => server.destroy())

  async function through(
    mode: 'transaction' | 'session',
    open: (url: string) => Promise<Database>,
  ): Promise<{ right: number; faults: string[] }> {
    const bouncer = await startBouncer(server, mode)
    try {
      const database = await open(bouncer.url)
      const auth = await createAuth({ ...quiet, database })
      const found = await checkSessions(auth, email).finally(() => auth.close())
      const kinds = [...new Set(found.faults.map((fault) => fault.replace(/"[^"]*"/, '"…"')))]
      process.stdout.write(
        `pgbouncer ${version?.[1]}.${version?.[2]}, ${mode}: ${found.right} right, ${found.faults.length} faults ${JSON.stringify(kinds)}\n`,
      )
      return found
    } finally {
      await bouncer.stop()
    }
  }

  it('takes named statements in transaction mode from 1.21 on, and only then', async () => {
    const { faults } = await through('transaction', (url) => openPostgres(url, { max: 8 }))
    expect(faults.length === 0).toBe(namesKept)
  })

  it('takes statements without names in transaction mode', async () => {
    const { right, faults } = await through('transaction', async (url) =>
      withoutNames(await openPostgres(url, { max: 8 })),
    )
    expect(faults).toEqual([])
    expect(right).toBe(400)
  })

  it('takes named statements in session mode, with no more connections than it has', async () => {
    const { right, faults } = await through('session', (url) => openPostgres(url, { max: 4 }))
    expect(faults).toEqual([])
    expect(right).toBe(400)
  })
})
