/** Hashing threads, in the built package. */

import { execFileSync } from 'node:child_process'
import { writeFileSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { verify } from '@node-rs/argon2'
import { describe, expect, it } from 'vitest'
import { createHashThreads, findThreadScript, renewThreads } from './hash-threads.js'

const built = new URL('../../dist/hashing/hash-thread.js', import.meta.url)
const options = { algorithm: 2, memoryCost: 1024, timeCost: 1, parallelism: 1, outputLen: 32 }

function scriptOf(text: string): URL {
  const path = join(mkdtempSync(join(tmpdir(), 'latchkey-thread-')), 'thread.mjs')
  writeFileSync(path, text)
  return pathToFileURL(path)
}

describe('threads that hash', () => {
  it('hash and compare, as many at once as are asked for', async () => {
    const threads = createHashThreads(built)
    const passwords = ['first', 'second', 'third']
    const hashes = await Promise.all(
      passwords.map((password) => threads.run({ kind: 'hash', password, options })),
    )
    expect(new Set(hashes).size).toBe(3)
    for (const [place, stored] of hashes.entries()) {
      const password = passwords[place] as string
      expect(await verify(String(stored), password)).toBe(true)
      expect(await threads.run({ kind: 'verify', stored: String(stored), password })).toBe(true)
      expect(await threads.run({ kind: 'verify', stored: String(stored), password: 'other' })).toBe(false)
    }
    expect(threads.isSound()).toBe(true)
  })

  it('tell a fault of the module, and go on', async () => {
    const threads = createHashThreads(built)
    await expect(threads.run({ kind: 'verify', stored: 'none', password: 'x' })).rejects.toThrow()
    expect(threads.isSound()).toBe(true)
    expect(await threads.run({ kind: 'hash', password: 'x', options })).toMatch(/^\$argon2id\$/)
  })

  it.each([
    ['ends', 'process.exit(0)'],
    ['throws', 'throw new Error("broken")'],
    ['is no script', '}'],
  ])('fail a task whose thread %s, and say that they are not sound', async (_how, text) => {
    const threads = createHashThreads(scriptOf(text))
    await expect(threads.run({ kind: 'hash', password: 'x', options })).rejects.toThrow(Error)
    expect(threads.isSound()).toBe(false)
  })

  it('are begun anew after a hundred tasks that went elsewhere, since what killed one may have passed', async () => {
    const scripts = [scriptOf('process.exit(0)'), built]
    let begun = 0
    const current = renewThreads(() => createHashThreads(scripts[Math.min(begun++, 1)] as URL))
    const task = { kind: 'hash', password: 'x', options } as const
    await expect(current()?.run(task)).rejects.toThrow(Error)
    for (let count = 0; count < 100; count++) expect(current()).toBeNull()
    expect(await current()?.run(task)).toMatch(/^\$argon2id\$/)
    expect([begun, current()?.isSound()]).toEqual([2, true])
  })

  it('are only where their script is', () => {
    // There is no built script next to the sources.
    expect(findThreadScript()).toBeNull()
  })

  it.runIf(process.platform === 'linux')('run below the priority of the event loop', async () => {
    const threads = createHashThreads(built)
    await threads.run({ kind: 'hash', password: 'x', options })
    // proc(5): the 19th field of a thread is its nice value.
    const nices = readdirSync('/proc/self/task').map((id) => {
      const fields = readFileSync(`/proc/self/task/${id}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
      return Number(fields[16])
    })
    expect(nices).toContain(10)
    expect(nices).toContain(0)
  })

  it('leave a process to end', () => {
    const engine = new URL('../../dist/hashing/index.js', import.meta.url).href
    const script = `import { createHasher } from ${JSON.stringify(engine)}
      const hasher = createHasher({ concurrency: 2, queue: 10 })
      const hash = await hasher.hash('seven wooden lanterns')
      console.log(await hasher.verify(hash, 'seven wooden lanterns'))`
    const told = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 30_000,
    })
    expect(told.trim()).toBe('true')
  })
})
