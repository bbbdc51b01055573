/** Argon2 without the native module. */

import { describe, expect, it } from 'vitest'
import { currentPrefix } from './argon2.js'
import { createPortableArgon2 } from './portable-argon2.js'

const current = {
  variant: 'argon2id',
  version: 19,
  memoryKib: 19_456,
  passes: 2,
  lanes: 1,
  keyLength: 32,
} as const

describe('argon2 by WebAssembly', () => {
  const argon2 = createPortableArgon2(current, currentPrefix)

  // The reference code's vectors.
  it.each([
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA',
  ])('computes %.20s as others do', async (hash) => {
    expect(await argon2.verify(hash, 'password')).toBe(true)
    expect(await argon2.verify(hash, 'passwore')).toBe(false)
  })

  it('is asked for several at once, and leaves the event loop free', async () => {
    let semaphore = 0
    let running = true
    const turn = (): void => {
      semaphore++
      if (running) setImmediate(turn)
    }
    turn()
    const hashes = await Promise.all([argon2.hash('one'), argon2.hash('two'), argon2.hash('one')])
    running = false
    // On the event loop itself there would be only a turn or two for each hash.
    expect(semaphore).toBeGreaterThan(50)
    expect(new Set(hashes).size).toBe(3)
    expect(await argon2.verify(hashes[1], 'two')).toBe(true)
    expect(await argon2.verify(hashes[1], 'one')).toBe(false)
  })

  it('says that it can not do version 16', async () => {
    const old = '$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ'
    await expect(argon2.verify(old, 'password')).rejects.toThrow('version 16')
  })

  it('knows nobody of what it can not read', async () => {
    expect(await argon2.verify('$argon2id$', 'password')).toBe(false)
  })
})
