/**
 * One process per directory: a lock file next to it contains the pid and the start time of its holder.
 *
 * Invariants: (1) the file appears with its content in one step (`link`); (2) a lock is stale when its pid is
 * dead or has been reused by another process; if that can't be determined, it is held; (3) a stale file is
 * removed only under a second lock of the same kind one level up, so only one of several processes takes it
 * over, also after a crash in between.
 *
 * Only processes in the same pid namespace are seen: two containers must not share a directory.
 */

import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { link, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { ConfigError } from '../base/index.js'

/** A held lock. `release` may be called again; only the first call has an effect. */
export interface DirectoryLock {
  release(): Promise<void>
}

interface Holder {
  readonly pid: number
  /** When the process began, as the system prints it; empty if the system does not say. */
  readonly startedAt: string
}

const deadStates = new Set(['Z', 'X'])
const deepest = 8

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code
}

// The state (field 3) and the start (field 22) of /proc/<pid>/stat, counted after the command's closing
// parenthesis.
async function readProc(pid: number): Promise<{ state: string; startedAt: string }> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', startedAt: fields[19] ?? '' }
}

// The same output for every user and locale.
async function askPs(pid: number): Promise<string> {
  const env = { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], { env })
  return stdout.trim()
}

/** The system's data on a process; null when it is dead. */
async function observe(pid: number): Promise<Holder | null> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return null
  }
  try {
    if (process.platform !== 'linux') return { pid, startedAt: await askPs(pid) }
    const { state, startedAt } = await readProc(pid)
    // A dead process stays in the table until its parent reaps it.
    return deadStates.has(state) ? null : { pid, startedAt }
  } catch {
    return { pid, startedAt: '' }
  }
}

async function isStale({ pid, startedAt }: Holder): Promise<boolean> {
  const found = await observe(pid)
  if (found === null) return true
  return startedAt !== '' && found.startedAt !== '' && found.startedAt !== startedAt
}

// The file is never half written; one without a holder was truncated by a power failure.
async function readHolder(file: string): Promise<Holder | 'gone' | 'unreadable'> {
  try {
    const { pid, startedAt } = JSON.parse(await readFile(file, 'utf8')) as Partial<Holder>
    if (!Number.isInteger(pid) || typeof startedAt !== 'string') return 'unreadable'
    return { pid: pid as number, startedAt }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'gone'
    if (error instanceof SyntaxError || error instanceof TypeError) return 'unreadable'
    throw error
  }
}

/** The living holder of a lock file; `stale` when that process is dead, `gone` when there is no file. */
async function holderOf(file: string): Promise<Holder | 'gone' | 'stale'> {
  const holder = await readHolder(file)
  if (holder === 'gone') return holder
  return holder === 'unreadable' || (await isStale(holder)) ? 'stale' : holder
}

/** Creates the file with its whole content, or returns that one exists. */
async function create(file: string, content: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`
  try {
    await writeFile(draft, content, { mode: 0o600 })
    await link(draft, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** Takes the lock file, also from a dead process. Returns null when it is ours, else the holder. */
async function take(file: string, self: Holder, depth = 0): Promise<Holder | null> {
  const content = JSON.stringify(self)
  for (;;) {
    if (await create(file, content)) return null
    const holder = await holderOf(file)
    if (holder === 'gone') continue
    if (holder !== 'stale') return holder
    if (depth === deepest) throw new Error(`The stale lock file ${file} can't be replaced.`)
    const takeover = `${file}.takeover`
    const rival = await take(takeover, self, depth + 1)
    if (rival !== null) return rival
    try {
      // No other process removes a stale file now. If the file is gone, another process may have created it
      // again.
      if ((await holderOf(file)) === 'stale') await rm(file, { force: true })
    } finally {
      await rm(takeover, { force: true })
    }
  }
}

const readOnly = new Set<unknown>(['EACCES', 'EPERM', 'EROFS'])

/**
 * Locks an existing directory for this process.
 * @throws ConfigError that names the process that holds it, or the folder in which no lock file can be
 * written
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const file = `${await realpath(directory)}.lock`
  const self = (await observe(process.pid)) ?? { pid: process.pid, startedAt: '' }
  const holder = await take(file, self).catch((error: unknown) => {
    if (!readOnly.has(codeOf(error))) throw error
    throw new ConfigError([
      `database: the lock file ${file} can't be written. Allow this process to write in ${dirname(file)}, ` +
        `or use a directory whose parent it may write in.`,
    ])
  })
  if (holder !== null) {
    const who = holder.pid === process.pid ? 'this process' : `the process ${holder.pid}`
    throw new ConfigError([
      `database: the directory ${directory} is already open in ${who}. Only one process at a time can ` +
        `use an embedded database: stop the other one, or use a server (a postgres:// URL) for several processes.`,
    ])
  }
  let held = true
  return {
    async release() {
      if (!held) return
      held = false
      await rm(file, { force: true })
    },
  }
}
