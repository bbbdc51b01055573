/**
 * One process per directory: a lock file beside it, holding the pid and the start time of its holder.
 *
 * Invariants: (1) the file appears with its content in one step (`link`); (2) a lock is stale when its pid is dead or
 * was given to another process since; (3) of many that find it stale, one takes it over, under a second file.
 */

import { randomUUID } from 'node:crypto'
import { link, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { ConfigError } from '../base/index.js'

interface Holder {
  readonly pid: number
  readonly startedAt: string
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

// The 22nd field of /proc/<pid>/stat, counted after the command's closing parenthesis. Where there is no /proc, the
// pid alone must do.
async function startOf(pid: number): Promise<string> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

async function readHolder(file: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

async function isStale(holder: Holder): Promise<boolean> {
  return !isAlive(holder.pid) || (await startOf(holder.pid)) !== holder.startedAt
}

/** Creates the file with its whole content, or says that there is one. */
async function create(file: string, content: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, content, { mode: 0o600 })
  try {
    await link(draft, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function takeOver(file: string, content: string): Promise<boolean> {
  const takeover = `${file}.takeover`
  if (!(await create(takeover, content))) {
    // Somebody is at it. If they crashed there, the next one to come finds the way free.
    const taker = await readHolder(takeover)
    if (taker !== null && (await isStale(taker))) await rm(takeover, { force: true })
    return false
  }
  try {
    const holder = await readHolder(file)
    if (holder !== null && !(await isStale(holder))) return false
    await rm(file, { force: true })
    return await create(file, content)
  } finally {
    await rm(takeover, { force: true })
  }
}

/**
 * Locks a directory that exists for this process.
 * @throws ConfigError naming the process that has it
 */
export async function lockDirectory(directory: string): Promise<{ release(): Promise<void> }> {
  const file = `${await realpath(directory)}.lock`
  const content = JSON.stringify({ pid: process.pid, startedAt: await startOf(process.pid) } satisfies Holder)
  if (await create(file, content)) return { release: () => rm(file, { force: true }) }
  const holder = await readHolder(file)
  if ((holder === null || (await isStale(holder))) && (await takeOver(file, content))) {
    return { release: () => rm(file, { force: true }) }
  }
  const present = (await readHolder(file)) ?? holder
  const who =
    present?.pid === process.pid ? 'this process' : `the process ${present?.pid ?? 'of another start'}`
  throw new ConfigError([
    `database: the directory ${directory} is already open in ${who}. An embedded database serves one process at a ` +
      `time: stop the other one, or give several processes a server by a postgres:// URL.`,
  ])
}
