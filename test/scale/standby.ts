/** A streaming standby of a server, on loopback: a copy by `pg_basebackup` that follows through a proxy. */

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort, isReady, reachableBinaries, unprivileged } from '../harness/postgres.js'

/** A running standby. */
export interface Standby {
  readonly port: number
  readonly url: string
  /** Makes it a primary. */
  promote(): Promise<void>
  destroy(): Promise<void>
}

/** Runs a statement on a connection of its own. */
export async function execute(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

/** Copies the server that listens behind `port`, and follows it through that port. */
export async function startStandby(port: number): Promise<Standby> {
  const identity = unprivileged()
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-standby-'))
  if (identity !== undefined) chownSync(folder, identity.uid, identity.gid)
  chmodSync(folder, 0o755)
  const binaries = await reachableBinaries(folder, identity)
  const data = join(folder, 'data')
  const source = `host=127.0.0.1 port=${port} user=postgres application_name=standby`
  // Not by spawnSync, which would stop the proxy that it copies through.
  const copying = spawn(
    join(binaries, 'pg_basebackup'),
    ['-D', data, '-d', source, '-R', '-X', 'stream', '--checkpoint=fast', '--no-sync'],
    { ...identity, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const [status] = (await once(copying, 'exit')) as [number | null]
  if (status !== 0) throw new Error('pg_basebackup failed.')

  const own = await freePort()
  const url = `postgres://postgres@127.0.0.1:${own}/postgres`
  const switches = ['-c', `port=${own}`, '-c', `unix_socket_directories=${folder}`, '-c', 'hot_standby=on']
  const child: ChildProcess = spawn(join(binaries, 'postgres'), ['-D', data, ...switches], {
    ...identity,
    cwd: folder,
    stdio: 'ignore',
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error('The standby did not start.')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    port: own,
    url,
    async promote() {
      const [row] = await execute(url, 'select pg_promote(true, 60) as promoted')
      if (row?.['promoted'] !== true) throw new Error('The standby was not promoted.')
    },
    async destroy() {
      child.kill('SIGQUIT')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
