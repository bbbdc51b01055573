// The PostgreSQL server of the measurements: the installed version, in a temporary folder, with its default
// durability.
import { spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

const oldest = 15

function findBinaries() {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).map(Number).filter(Number.isInteger) : []
  const installed = versions.filter((version) => version >= oldest).sort((a, b) => b - a)
  const folders = [...installed.map((version) => `${debian}/${version}/bin`), ...process.env.PATH.split(':')]
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')))
  if (found === undefined)
    throw new Error(`The measurements need a PostgreSQL ${oldest} or later on this machine.`)
  return found
}

async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

// PostgreSQL's manual recommends a quarter of the memory; nothing here would use more than 4 GB.
const sharedBuffersMb = Math.min(4096, Math.floor(totalmem() / 4 / 2 ** 20))

/** Runs statements on one connection and closes it. Returns the rows of the last one. */
export async function execute(url, ...statements) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    let rows = []
    for (const statement of statements) ({ rows } = await client.query(statement))
    return rows
  } finally {
    await client.end()
  }
}

const ticksPerSecond = 100

// utime and stime are the 14th and 15th field; the name before them may contain spaces, so it is removed
// first.
function readCpu(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return {
      parent: Number(fields[1]),
      own: Number(fields[11]) + Number(fields[12]),
      gone: Number(fields[13]) + Number(fields[14]),
    }
  } catch {
    return { parent: 0, own: 0, gone: 0 }
  }
}

// Counting costs a little, so it is on only while statements are counted. A backend reads the change when it
// is idle.
async function track(url, what) {
  await execute(url, `alter system set pg_stat_statements.track = '${what}'`, 'select pg_reload_conf()')
  await new Promise((resolve) => setTimeout(resolve, 200))
}

/**
 * Starts a server. Returns its URL, and functions to create a database, to read its CPU time, and to stop it.
 */
export async function startServer() {
  const binaries = findBinaries()
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  let identity = {}
  if (process.getuid() === 0) {
    const id = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
    identity = { uid: id('-u'), gid: id('-g') }
    chownSync(folder, identity.uid, identity.gid)
  }
  const data = join(folder, 'data')
  const made = spawnSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'],
    { ...identity, cwd: folder, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(made.stderr)
  const port = await freePort()
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    max_connections: 200,
    shared_buffers: `${sharedBuffersMb}MB`,
    max_wal_size: '4GB',
    shared_preload_libraries: 'pg_stat_statements',
  }
  const switches = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(join(binaries, 'postgres'), ['-D', data, ...switches], {
    ...identity,
    cwd: folder,
    stdio: 'ignore',
  })
  const address = `postgres://postgres@127.0.0.1:${port}`
  const url = `${address}/postgres`
  for (let tries = 0; ; tries++) {
    try {
      await execute(url, 'create extension if not exists pg_stat_statements')
      await track(url, 'none')
      break
    } catch (error) {
      if (tries > 400 || server.exitCode !== null) throw error
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }

  return {
    url,
    async createDatabase(name) {
      await execute(url, `create database "${name}"`)
      return `${address}/${name}`
    },
    /** The CPU time of the server and its children so far, in microseconds, with a resolution of 10 ms. */
    cpuMicros() {
      let ticks = readCpu(server.pid).own + readCpu(server.pid).gone
      for (const entry of readdirSync('/proc')) {
        if (!/^\d+$/.test(entry)) continue
        const { parent, own } = readCpu(entry)
        if (parent === server.pid) ticks += own
      }
      return (ticks / ticksPerSecond) * 1e6
    },
    /** How many statements of a database ran during `work`. */
    async countStatements(database, work) {
      await track(url, 'top')
      try {
        await execute(url, 'select pg_stat_statements_reset()')
        const result = await work()
        const [{ calls }] = await execute(url, {
          text: `select coalesce(sum(calls), 0)::integer as calls
            from pg_stat_statements s join pg_database d on d.oid = s.dbid where d.datname = $1`,
          values: [database],
        })
        return { calls, result }
      } finally {
        await track(url, 'none')
      }
    },
    async version() {
      const [{ server_version }] = await execute(url, 'show server_version')
      return server_version
    },
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGINT')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
