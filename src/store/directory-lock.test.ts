import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startChild } from '../../test/harness/child.js'
import type { Child } from '../../test/harness/child.js'
import { ConfigError } from '../base/index.js'
import { lockDirectory } from './directory-lock.js'

let folder: string
let data: string
let children: Child[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-lock-'))
  data = join(folder, 'data')
  await mkdir(data)
  children = []
})

afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()))
  await rm(folder, { recursive: true })
})

async function startLocker(): Promise<Child> {
  const child = startChild('locker', data)
  children.push(child)
  expect(await child.line()).toBe('ready')
  return child
}

async function endedPid(): Promise<number> {
  const child = spawn('true')
  await once(child, 'exit')
  return child.pid as number
}

const leaveLock = (content: unknown, suffix = ''): Promise<void> =>
  writeFile(`${data}.lock${suffix}`, JSON.stringify(content))

describe('a directory lock', () => {
  it('is given back, and only once', async () => {
    const first = await lockDirectory(data)
    await first.release()
    const second = await lockDirectory(data)
    await first.release()
    await expect(lockDirectory(data)).rejects.toThrow(ConfigError)
    await second.release()
    expect(await readdir(folder)).toEqual(['data'])
  })

  it('refuses a second one in the same process, also through a symbolic link', async () => {
    const lock = await lockDirectory(data)
    const alias = join(folder, 'alias')
    await symlink(data, alias)
    for (const path of [data, alias]) {
      await expect(lockDirectory(path)).rejects.toThrow(
        `the directory ${path} is already open in this process`,
      )
    }
    await lock.release()
  })

  it('names the process that holds it, and says what to do', async () => {
    const child = await startLocker()
    child.go()
    expect(await child.line()).toBe('held')
    const error = await lockDirectory(data).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toContain(`${data} is already open in the process ${child.pid}.`)
    expect(String(error)).toContain('stop the other one, or use a server')
  })

  it('is free again when its holder was killed', async () => {
    const child = await startLocker()
    child.go()
    expect(await child.line()).toBe('held')
    await child.kill()
    const lock = await lockDirectory(data)
    expect(JSON.parse(await readFile(`${data}.lock`, 'utf8'))).toMatchObject({ pid: process.pid })
    await lock.release()
  })

  it('of a process whose pid was given to another one is stale', async () => {
    await leaveLock({ pid: process.ppid, startedAt: '1' })
    await (await lockDirectory(data)).release()
  })

  it('of a process whose start nobody knows is held as long as the pid lives', async () => {
    await leaveLock({ pid: process.ppid, startedAt: '' })
    await expect(lockDirectory(data)).rejects.toThrow(`the process ${process.ppid}`)
  })

  it.runIf(process.platform === 'linux')('of a dead process that nobody has buried is stale', async () => {
    // The shell is replaced by a program that never reaps the child it inherits.
    const shell = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const shellPid = shell.pid as number
    const stat = async (pid: number): Promise<string[]> => {
      const text = await readFile(`/proc/${pid}/stat`, 'utf8')
      return text.slice(text.lastIndexOf(')') + 2).split(' ')
    }
    try {
      const pid = Number(String(((await once(shell.stdout, 'data')) as [Buffer])[0]))
      await expect.poll(() => readFile(`/proc/${shellPid}/comm`, 'utf8')).toBe('sleep\n')
      await leaveLock({ pid, startedAt: (await stat(pid))[19] })
      await expect(lockDirectory(data)).rejects.toThrow(`the process ${pid}`)
      process.kill(pid, 'SIGKILL')
      await expect.poll(async () => (await stat(pid))[0]).toBe('Z')
      await (await lockDirectory(data)).release()
    } finally {
      shell.kill()
    }
  })

  it('that a loss of power has emptied is stale', async () => {
    for (const content of ['', '{"pid":', 'null', '{}']) {
      await writeFile(`${data}.lock`, content)
      await (await lockDirectory(data)).release()
    }
  })

  it('is taken over although an earlier taker was killed at it', async () => {
    const dead = { pid: await endedPid(), startedAt: '1' }
    await leaveLock(dead)
    await leaveLock(dead, '.takeover')
    await leaveLock(dead, '.takeover.takeover')
    const lock = await lockDirectory(data)
    await lock.release()
    expect(await readdir(folder)).toEqual(['data'])
  })

  it('is not taken over while a living process is at it', async () => {
    await leaveLock({ pid: await endedPid(), startedAt: '1' })
    await leaveLock({ pid: process.ppid, startedAt: '' }, '.takeover')
    await expect(lockDirectory(data)).rejects.toThrow(`the process ${process.ppid}`)
  })

  it.each([
    ['', []],
    ['.takeover', ['.takeover']],
  ])('has one winner of eight processes that find it stale%s', async (_, alsoStale) => {
    const racers = await Promise.all(Array.from({ length: 8 }, startLocker))
    const dead = { pid: await endedPid(), startedAt: '1' }
    for (const suffix of ['', ...alsoStale]) await leaveLock(dead, suffix)
    for (const racer of racers) racer.go()
    const lines = await Promise.all(racers.map((racer) => racer.line()))
    expect(lines.filter((line) => line === 'held')).toHaveLength(1)
    expect(lines.filter((line) => line.includes('is already open in'))).toHaveLength(7)
    const holder = racers[lines.indexOf('held')]?.pid
    expect(JSON.parse(await readFile(`${data}.lock`, 'utf8'))).toMatchObject({ pid: holder })
    expect((await readdir(folder)).sort()).toEqual(['data', 'data.lock'])
  })

  it.runIf(process.getuid?.() !== 0)('says where it can not be written', async () => {
    await chmod(folder, 0o500)
    await expect(lockDirectory(data)).rejects.toThrow(`Allow this process to write in ${folder}`)
    await chmod(folder, 0o700)
  })
})
