/** Hashing, the queue, and every form of imported hash against vectors that other implementations made. */

import { describe, expect, it } from 'vitest'
import { costOf } from '../../test/harness/cost.js'
import { AuthError } from '../base/index.js'
import { createHasher } from './index.js'

const hasher = createHasher({ concurrency: 2, queue: 64 })
const password = 'correct horse battery'

const foreign = {
  bcrypt: '$2b$06$abcdefghijklmnopqrstuu50eFBEC8vQwBnuFXMHE45jBnqvQ8xz.',
  'bcrypt of PHP': '$2y$06$abcdefghijklmnopqrstuu50eFBEC8vQwBnuFXMHE45jBnqvQ8xz.',
  scrypt: '$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$ebnHHTApWa0oNoXTYCCHxLXDaejcvcTRQhZaD1OJNCE',
  'better-auth and Lucia 3':
    '00112233445566778899aabbccddeeff:267a33c2ae63f1c2d542f84d50b7d87c68900c8b9475f6a47ade71cf44b234822e0a34af1d226572b5caf52809319d4c486f3d209cc2fd022fb53bb4eaeb35b1',
  'Lucia 2':
    's2:00112233445566778899aabbccddeeff:267a33c2ae63f1c2d542f84d50b7d87c68900c8b9475f6a47ade71cf44b234822e0a34af1d226572b5caf52809319d4c486f3d209cc2fd022fb53bb4eaeb35b1',
  'Lucia 1':
    '00112233445566778899aabbccddeeff:ba9c3ef700b6de474b706aea98d13043eda61fb74744cfa3ddc2c124d41d72bbd9133a089140f0b26271c4d8d5d92dcf186b8f3451bcab31527466fff1000bf8',
  Django: 'pbkdf2_sha256$1000$seasalt$DrdiWD40lyBuydnjvZiDrdQMx1S1mOA9O0QYex0R6ww=',
  passlib:
    '$pbkdf2-sha512$1000$MDEyMzQ1Njc4OWFiY2RlZg$7F/Y1rnWXXurLCfFvAmyjyXtbABhgzBTBNcm//wlnvGBOz7OExlgRFs5qwaY5PzB3/WjR7P4yv/ACDQZpDXIfQ',
  'ASP.NET 3': 'AQAAAAEAAAPoAAAAEDAxMjM0NTY3ODlhYmNkZWYFUAsYyYL8r/wQsStzlWAnHI8UCkCshlEJCyqMSBlYng==',
  'ASP.NET 2': 'ADAxMjM0NTY3ODlhYmNkZWasOPHDiqbOmXgdPKos1g2x0TlmLmE5W24C1Kki6/2ytw==',
}

// Published vectors, each with the password that it was published with.
const firebase =
  '$firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=='
const published = {
  Firebase: [firebase, 'user1password'],
  phpass: ['$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0', 'test12345'],
} as const

describe('argon2id', () => {
  it('hashes in PHC form with the stated parameters, and verifies', async () => {
    const hash = await hasher.hash(password)
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await hasher.verify(hash, password)).toBe(true)
    expect(await hasher.verify(hash, `${password} `)).toBe(false)
    expect(hasher.needsRehash(hash)).toBe(false)
    expect(await hasher.hash(password)).not.toBe(hash)
  })

  it('tells apart 71, 72 and 73 bytes, NUL, emoji and spaces (CVE-2025-22228)', async () => {
    const near = [
      'x'.repeat(71),
      'x'.repeat(72),
      'x'.repeat(73),
      `${'x'.repeat(72)}\u0000`,
      'a\u0000b',
      'a\u0000c',
      '🦉🦊',
      '🦊🦉',
      'a b',
      'a  b',
    ]
    const hashes = await Promise.all(near.map((each) => hasher.hash(each)))
    for (const [index, hash] of hashes.entries()) {
      const matches = await Promise.all(near.map((each) => hasher.verify(hash, each)))
      expect(matches.map((match, other) => (match ? other : -1)).filter((other) => other >= 0)).toEqual([
        index,
      ])
    }
  })

  it('does the same without the native module', async () => {
    const portable = createHasher({ concurrency: 1, queue: 4, portable: true })
    const hash = await portable.hash(password)
    expect(portable.needsRehash(hash)).toBe(false)
    expect(await hasher.verify(hash, password)).toBe(true)
    expect(await portable.verify(await hasher.hash(password), password)).toBe(true)
    expect(await portable.verify(hash, 'another')).toBe(false)
  })

  it('compares for nobody at the same cost', async () => {
    const hash = await hasher.hash(password)
    await hasher.verifyNobody(password)
    const time = async (work: () => Promise<unknown>): Promise<number> => {
      const samples: number[] = []
      for (let index = 0; index < 9; index++) {
        const start = performance.now()
        await work()
        samples.push(performance.now() - start)
      }
      return samples.sort((a, b) => a - b)[4] as number
    }
    const ratio =
      (await time(() => hasher.verifyNobody(password))) / (await time(() => hasher.verify(hash, password)))
    expect(ratio).toBeGreaterThan(0.5)
    expect(ratio).toBeLessThan(2)
  })
})

describe('imported hashes', () => {
  it.each(Object.entries(foreign))(
    'of %s are understood, verified, and due to be replaced',
    async (_, hash) => {
      expect([hasher.understands(hash), hasher.needsRehash(hash)]).toEqual([true, true])
      expect(await hasher.verify(hash, password)).toBe(true)
      expect(await hasher.verify(hash, `${password}x`)).toBe(false)
    },
  )

  it.each(Object.entries(published))('of %s match their published vector', async (_, [hash, published]) => {
    expect(hasher.understands(hash)).toBe(true)
    expect(await hasher.verify(hash, published)).toBe(true)
    expect(await hasher.verify(hash, 'another')).toBe(false)
  })

  it.each([
    '',
    'plain',
    'x'.repeat(100_000),
    '$argon2id$v=19$m=99999999,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    '$argon2id$v=19$m=19456,t=999,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    '$scrypt$ln=30,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$ebnHHTApWa0oNoXTYCCHxLXDaejcvcTRQhZaD1OJNCE',
    'pbkdf2_sha256$9999999$seasalt$DrdiWD40lyBuydnjvZiDrdQMx1S1mOA9O0QYex0R6ww=',
    '$P$UIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0',
    '$2b$31$abcdefghijklmnopqrstuu50eFBEC8vQwBnuFXMHE45jBnqvQ8xz.',
    '$2b$06$short',
  ])('that are damaged or cost too much are nobody’s: %.40s', async (hash) => {
    expect([hasher.understands(hash), await hasher.verify(hash, password)]).toEqual([false, false])
    expect(await costOf(() => hasher.verify(hash, password))).toBeLessThan(50)
  })
})

describe('the queue', () => {
  it('refuses what does not fit, and serves the rest in order', async () => {
    const small = createHasher({ concurrency: 1, queue: 3 })
    const ended: number[] = []
    const tries = Array.from({ length: 6 }, (_, index) =>
      small.hash(password).then(
        () => ended.push(index),
        (error: unknown) => error,
      ),
    )
    const results = await Promise.all(tries)
    const refused = results.filter((each): each is AuthError => AuthError.is(each, 'rate_limited'))
    expect(refused).toHaveLength(2)
    expect(refused[0]?.retryAfterMs).toBeGreaterThan(0)
    expect(ended).toEqual([0, 1, 2, 3])
    await small.hash(password)
  })

  it('leaves the event loop free', async () => {
    let turns = 0
    let running = true
    const turn = (): void => {
      turns++
      if (running) setImmediate(turn)
    }
    turn()
    const [phpass, known] = published.phpass
    await Promise.all([
      ...Array.from({ length: 4 }, () => hasher.hash(password)),
      hasher.verify(phpass, known),
    ])
    running = false
    expect(turns).toBeGreaterThan(10)
  })
})
