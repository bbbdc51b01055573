/**
 * Real Redis servers that the tests start by themselves: one, or a cluster of three masters with a replica each. They
 * listen on loopback only, keep their files in a temporary folder, and go with the process, also when that is killed.
 */

import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Cluster, Redis } from 'ioredis'

/** One server as a process. */
export interface RedisServer {
  readonly port: number
  /** Kills it with SIGKILL, and waits until it is gone. */
  kill(): Promise<void>
  /** Stops it without a word to its clients. */
  pause(): void
  /** Lets it go on. */
  resume(): void
  /** Starts it again on the same port, with what is left on its disk. */
  start(): Promise<void>
  destroy(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

// A cluster listens 10,000 ports above as well.
async function freeClusterPort(): Promise<number> {
  for (;;) {
    const port = await freePort()
    if (port < 55_535) return port
  }
}

// When this process ends without a word, its end of the pipe closes, and the shell behind it stops the server.
const guard = `read -r _; kill -9 "$1" 2>/dev/null; rm -rf "$2"`

function startGuard(pid: number, folder: string): ChildProcess {
  const shell = spawn('sh', ['-c', guard, 'sh', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  shell.unref()
  const { stdin } = shell as ChildProcess & { stdin: { unref?: () => void } }
  stdin.unref?.()
  return shell
}

/** A client that asks one server, and gives up at once when it is not there. */
export async function askRedis(port: number, ...command: readonly [string, ...string[]]): Promise<unknown> {
  const client = new Redis({ port, host: '127.0.0.1', retryStrategy: () => null, lazyConnect: true })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await client.call(...command)
  } finally {
    client.disconnect()
  }
}

/** Calls until the answer is true. @throws Error when that takes longer than 30 seconds */
async function until(is: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await is().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`Redis: ${what} took too long.`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Starts a server of its own; `settings` are given on its command line. */
export async function startRedis(settings: Record<string, string> = {}): Promise<RedisServer> {
  if (spawnSync('redis-server', ['--version']).status !== 0)
    throw new Error('These tests need redis-server: install the Debian package of that name.')
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-redis-'))
  const port = settings['port'] === undefined ? await freePort() : Number(settings['port'])
  const options = {
    bind: '127.0.0.1',
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    ...settings,
    port: String(port),
  }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  let child: ChildProcess | undefined
  let watcher: ChildProcess | undefined

  async function start(): Promise<void> {
    child = spawn('redis-server', args, { stdio: ['ignore', 'ignore', 'inherit'] })
    watcher = startGuard(child.pid as number, folder)
    await until(async () => (await askRedis(port, 'ping')) === 'PONG', 'its start')
  }

  async function kill(): Promise<void> {
    const running = child
    child = undefined
    watcher?.kill()
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const gone = once(running, 'exit')
    running.kill('SIGKILL')
    await gone
  }

  await start()
  return {
    port,
    start,
    kill,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async destroy() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A cluster of six servers. */
export interface RedisCluster {
  readonly servers: readonly RedisServer[]
  /** A client of it. */
  connect(): Cluster
  /** The server that is the master of this key now. */
  masterOf(key: string): Promise<RedisServer>
  destroy(): Promise<void>
}

const nodeTimeoutMs = 1500

async function isJoined(port: number): Promise<boolean> {
  const state = String(await askRedis(port, 'cluster', 'info'))
  const replication = String(await askRedis(port, 'info', 'replication'))
  return (
    /cluster_state:ok/.test(state) &&
    /cluster_known_nodes:6/.test(state) &&
    /role:master[^]*connected_slaves:1|master_link_status:up/.test(replication)
  )
}

/** Starts a cluster: three masters, and a replica of each. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const servers: RedisServer[] = []
  const destroy = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.destroy()))
  }
  try {
    for (let count = 0; count < 6; count++) {
      const settings = {
        port: String(await freeClusterPort()),
        'cluster-enabled': 'yes',
        'cluster-node-timeout': String(nodeTimeoutMs),
        'repl-diskless-sync-delay': '0',
      }
      servers.push(await startRedis(settings))
    }
    const nodes = servers.map(({ port }) => `127.0.0.1:${port}`)
    const { status, stdout, stderr } = spawnSync(
      'redis-cli',
      ['--cluster', 'create', ...nodes, '--cluster-replicas', '1', '--cluster-yes'],
      { encoding: 'utf8' },
    )
    if (status !== 0) throw new Error(`The cluster was not made: ${stdout}${stderr}`)
    for (const { port } of servers) await until(() => isJoined(port), 'the joining of its nodes')
  } catch (error) {
    await destroy()
    throw error
  }

  return {
    servers,
    destroy,

    connect() {
      const cluster = new Cluster(servers.map(({ port }) => ({ host: '127.0.0.1', port })))
      cluster.on('error', () => undefined)
      return cluster
    },

    async masterOf(key) {
      for (const server of servers) {
        const answer = await askRedis(server.port, 'exists', key).catch((error: unknown) => String(error))
        const replication = await askRedis(server.port, 'info', 'replication').catch(() => '')
        if (typeof answer === 'number' && /role:master/.test(String(replication))) return server
      }
      throw new Error('No server of the cluster holds this key.')
    },
  }
}
