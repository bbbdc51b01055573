/**
 * Every fault with a ledger: `npm run test:faults`. Nothing that was acknowledged is lost, revived or doubled. The table
 * of the run is written into docs/operations.md.
 */

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { PostgresServer } from '../harness/postgres.js'
import { isReady, startPostgres } from '../harness/postgres.js'
import { startProxy as startSwallowing } from '../harness/proxy.js'
import type { Node } from '../scale/nodes.js'
import { secret } from '../scale/nodes.js'
import { startProxy } from '../scale/proxy.js'
import { execute, startStandby } from '../scale/standby.js'
import type { Account } from './ledger.js'
import type { System } from './system.js'
import { startSystem } from './system.js'

const faultMs = 3_000
const before = 30
const after = 60
const maxConnections = 60
const table: string[] = []
const ends: (() => unknown)[] = []
let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres({ max_connections: String(maxConnections) })
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(() => server.destroy())

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** What has to be ended is ended in the opposite order, also when a step fails. */
function later<T>(thing: T, end: (thing: T) => unknown): T {
  ends.push(() => end(thing))
  return thing
}

async function open(url?: string, reach: Parameters<typeof startSystem>[1] = {}): Promise<System> {
  return later(await startSystem(url ?? (await server.createDatabase()), reach), (system) => system.close())
}

function note(fault: string, account: Account): void {
  const { promised, lost, revived, doubled, again, errors } = account
  const told = Object.entries(errors)
    .map(([kind, count]) => `${count} × ${kind}`)
    .join(', ')
  table.push(
    `| ${fault} | ${promised} | ${lost.length} | ${revived.length} | ${doubled.length} | ${again} | ${told} |`,
  )
  process.stdout.write(`${fault}: ${JSON.stringify(account)}\n`)
}

/** Lets the traffic go on, does what is to be done, lets it go on again, and closes the books. */
async function under(fault: string, system: System, work: () => Promise<void>): Promise<void> {
  await system.ledger.progress(before)
  await work()
  await system.ledger.progress(after)
  const account = await system.ledger.settle({ received: system.received, query: system.query })
  note(fault, account)
  expect({ lost: account.lost, revived: account.revived, doubled: account.doubled }).toEqual({
    lost: [],
    revived: [],
    doubled: [],
  })
}

/** Holds a lock on one table for as long as a fault lasts. */
async function whileLocked(system: System, name: string): Promise<void> {
  const { rows } = await system.query('select current_database() as name')
  const client = new pg.Client({
    connectionString: server.url.replace(/postgres$/, String(rows[0]?.['name'])),
  })
  await client.connect()
  await client.query(`begin; lock table latchkey.${name} in access exclusive mode`)
  await pause(faultMs)
  await client.query('rollback')
  await client.end()
}

const killBackends = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`

it('nothing fails', async () => {
  const system = await open()
  await under('none', system, () => Promise.resolve())
})

it('connections are killed again and again (25)', async () => {
  const system = await open()
  await under('connections killed, ten times', system, async () => {
    for (let time = 0; time < 10; time++) {
      await system.query(killBackends)
      await pause(faultMs / 10)
    }
  })
})

it.each(['outbox', 'attempts', 'audit'])('the table %s is locked (25)', async (name) => {
  const system = await open()
  await under(`\`${name}\` locked for 3 s`, system, () => whileLocked(system, name))
})

it('the table of sessions is locked between a proof and its session (27)', async () => {
  const system = await open()
  await under('`sessions` locked for 3 s', system, () => whileLocked(system, 'sessions'))
})

it('the answers of the database are lost (26)', async () => {
  const url = await server.createDatabase()
  const wire = later(await startSwallowing(url), (proxy) => proxy.close())
  const system = await open(url, { port: Number(new URL(wire.url).port) })
  await under('answers lost for 3 s', system, async () => {
    const resume = wire.swallow()
    await pause(faultMs)
    resume()
  })
})

it('a node has no file descriptors left (28)', async () => {
  const system = await open()
  const limit = (pid: number, count: string): void => {
    const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--nofile=${count}:`], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`prlimit: ${stderr}`)
  }
  await under('no file descriptors for 3 s', system, async () => {
    for (const { pid } of system.nodes) limit(pid, '4')
    // What is open stays open, so the connections are taken away: a node needs a descriptor for each new one.
    await system.query(killBackends)
    await pause(faultMs)
    const met = (node: Node): boolean => system.logged(node).some((line) => line.includes('EMFILE'))
    expect(system.nodes.map(met)).toEqual([true, true])
    for (const { pid } of system.nodes) limit(pid, '1024')
  })
})

it('nodes are restarted in turn (29)', async () => {
  const system = await open()
  await under('SIGTERM to each node in turn', system, async () => {
    for (const index of [0, 1]) await system.replace(index, 'stop')
  })
})

it('nodes are killed by SIGKILL', async () => {
  const system = await open()
  await under('`kill -9` of each node in turn', system, async () => {
    for (const index of [0, 1]) {
      await system.replace(index, 'kill')
      await system.ledger.progress(before)
    }
  })
})

it('the server takes no writes for a while (30)', async () => {
  const system = await open()
  const { rows } = await system.query('select current_database() as name')
  const change = (setting: string) =>
    execute(server.url, `alter database ${String(rows[0]?.['name'])} ${setting}`)
  await under('read-only for 3 s', system, async () => {
    await change('set default_transaction_read_only = on')
    await system.query(killBackends)
    await pause(faultMs)
    await change('reset default_transaction_read_only')
    await system.query(killBackends)
  })
})

it('a backlog of notices waits for a slow provider (31)', async () => {
  const system = await open()
  await under('20,000 notices before a slow provider', system, async () => {
    system.setDelay(50)
    await system.query(`insert into latchkey.outbox (id, user_id, event, to_type, to_value, due_at, created_at)
      select gen_random_uuid(), u.id, 'password_changed', 'email', 'backlog@example.com', now(), now()
      from generate_series(1, 20000), (select id from latchkey.users limit 1) u`)
    await pause(faultMs)
    system.setDelay(0)
    // What is left of the backlog is nobody's promise.
    await system.query(`delete from latchkey.outbox where to_value = 'backlog@example.com'`)
  })
})

it('the clock of the database steps back (32)', async () => {
  const system = await open(undefined, { movableClock: true })
  await under('the clock 30 s back, for 3 s', system, async () => {
    writeFileSync(system.clockFile, '-30')
    await pause(faultMs)
    writeFileSync(system.clockFile, '0')
  })
})

it('the server is killed and started', async () => {
  const system = await open()
  await under('PostgreSQL killed, and started after 1 s', system, async () => {
    await server.stop('immediate')
    await pause(1_000)
    await server.start()
  })
})

it('the server has no connections left', async () => {
  const system = await open()
  await under('no connections left for 3 s', system, async () => {
    const held: pg.Client[] = []
    const fill = async (): Promise<void> => {
      for (;;) {
        const client = new pg.Client({ connectionString: server.url })
        client.on('error', () => undefined)
        try {
          await client.connect()
          held.push(client)
        } catch {
          return
        }
      }
    }
    await fill()
    // The nodes lose theirs, and find that everything is taken.
    const text = killBackends.replace('datname = current_database()', `application_name = 'latchkey'`)
    await held[0]?.query(text)
    await fill()
    expect(held.length).toBeGreaterThan(maxConnections / 2)
    await pause(faultMs)
    for (const client of held) await client.end()
  })
})

it('a synchronous standby takes over', async () => {
  const primary = later(await startPostgres(), (own) => own.destroy())
  const system = await open(primary.url)
  const wire = later(await startProxy([primary.port]), (proxy) => proxy.close())
  const standby = later(await startStandby(wire.port), (own) => own.destroy())
  await execute(primary.url, `alter system set synchronous_standby_names = 'standby'`)
  await execute(primary.url, 'select pg_reload_conf()')
  const isSync = `select from pg_stat_replication where sync_state = 'sync'`
  while ((await execute(primary.url, isSync)).length === 0) await pause(50)
  await under('failover to a synchronous standby', system, async () => {
    await primary.stop('immediate')
    await standby.promote()
    await execute(standby.url, 'alter system reset synchronous_standby_names')
    await execute(standby.url, 'select pg_reload_conf()')
    system.address.setBackends([standby.port])
  })
})

it('the disk is full', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400m,mode=1777', 'tmpfs', folder])
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true })
    table.push('| full disk | not run here: only root may mount a small disk | | | | | |')
    process.stdout.write('full disk: NOT RUN. Only root may mount a small disk.\n')
    return
  }
  later(folder, () => {
    spawnSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  const usual = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  const settings = { max_wal_size: '64MB', min_wal_size: '32MB' }
  const own = await startPostgres(settings).finally(() => {
    if (usual === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = usual
  })
  later(own, (small) => small.destroy())
  const system = await open(own.url)
  await under('full disk for 3 s', system, async () => {
    const { bavail, bsize } = statfsSync(folder)
    mkdirSync(join(folder, 'ballast'))
    const ballast = join(folder, 'ballast', 'file')
    spawnSync('fallocate', ['-l', String(bavail * bsize), ballast])
    // Whatever is left after the rounding.
    spawnSync('dd', ['if=/dev/zero', `of=${ballast}2`, 'bs=4k'], { stdio: 'ignore' })
    // Fills what the server has reserved, until it says that there is no more.
    const failed = await system
      .query(`create table ballast as select repeat('x', 1000) as text from generate_series(1, 200000)`)
      .then(
        () => null,
        (error: unknown) => error as { code?: string },
      )
    expect(failed).not.toBeNull()
    await pause(faultMs)
    rmSync(join(folder, 'ballast'), { recursive: true })
    await pause(1_000)
    if (!(await isReady(own.url))) {
      await own.stop('immediate')
      await own.start()
    }
  })
})

it('the secret is rotated in a rolling restart', async () => {
  const system = await open()
  const next = 'another secret of nodes that comes after'
  await under('two secrets in a rolling restart', system, async () => {
    for (const list of [`${secret},${next}`, `${next},${secret}`]) {
      for (const index of [0, 1]) {
        await system.replace(index, 'stop', list)
        await system.ledger.progress(before / 2)
      }
    }
  })
})

// Only a run of everything is written down.
const faults = 18
afterAll(() => {
  if (table.length !== faults) return
  const page = fileURLToPath(new URL('../../docs/operations.md', import.meta.url))
  const [begin, end] = ['<!-- ledger: begin -->', '<!-- ledger: end -->']
  const text = readFileSync(page, 'utf8')
  const head = '| fault | acknowledged | lost | revived | doubled | delivered again | what the traffic met |'
  const line = '| --- | --- | --- | --- | --- | --- | --- |'
  const made = `${begin}\n\n${[head, line, ...table].join('\n')}\n\n${end}`
  writeFileSync(
    page,
    text.replace(new RegExp(`${begin}[^]*${end}`), () => made),
  )
  spawnSync('npx', ['prettier', '--write', '--log-level', 'warn', page])
})
