/** Hashing, the queue, and every form of imported hash against vectors from other implementations. */

import { describe, expect, it } from 'vitest'
import { costOf } from '../../test/harness/cost.js'
import { AuthError } from '../base/index.js'
import { createArgon2 } from './argon2.js'
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
  'scrypt with a key of 64 bytes':
    '$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$ebnHHTApWa0oNoXTYCCHxLXDaejcvcTRQhZaD1OJNCFhanspBPf0GH3ufs0txnghgOn1Yo184wJPs2UOev784A',
  'Django with SHA-1': 'pbkdf2_sha1$1000$seasalt$LPTbYn9/9ALjztx0Dtq5V+DLYLg=',
  'PBKDF2 with i=':
    '$pbkdf2-sha256$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$BVALGMmC/K/8ELErc5VgJxyPFApArIZRCQsqjEgZWJ4',
  'passlib with SHA-1': '$pbkdf2$1000$MDEyMzQ1Njc4OWFiY2RlZg$rDjxw4qmzpl4HTyqLNYNsdE5Zi4',
  Django: 'pbkdf2_sha256$1000$seasalt$DrdiWD40lyBuydnjvZiDrdQMx1S1mOA9O0QYex0R6ww=',
  passlib:
    '$pbkdf2-sha512$1000$MDEyMzQ1Njc4OWFiY2RlZg$7F/Y1rnWXXurLCfFvAmyjyXtbABhgzBTBNcm//wlnvGBOz7OExlgRFs5qwaY5PzB3/WjR7P4yv/ACDQZpDXIfQ',
  'ASP.NET 3': 'AQAAAAEAAAPoAAAAEDAxMjM0NTY3ODlhYmNkZWYFUAsYyYL8r/wQsStzlWAnHI8UCkCshlEJCyqMSBlYng==',
  'ASP.NET 2': 'ADAxMjM0NTY3ODlhYmNkZWasOPHDiqbOmXgdPKos1g2x0TlmLmE5W24C1Kki6/2ytw==',
}

// Published vectors, each with the password that it was published with; those of Argon2 come from its
// reference code. `$H$` is another name of `$P$`.
const firebase =
  '$firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=='
const published = {
  Firebase: [firebase, 'user1password'],
  phpass: ['$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0', 'test12345'],
  'phpass of phpBB': ['$H$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0', 'test12345'],
  argon2id: [
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    'password',
  ],
  argon2i: [
    '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA',
    'password',
  ],
  'argon2i before versions': [
    '$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ',
    'password',
  ],
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
    // Alternating, so that anything that slows the machine down slows both.
    const [nobody, somebody] = [new Array<number>(), new Array<number>()]
    for (let turn = 0; turn < 3; turn++) {
      nobody.push(await costOf(() => hasher.verifyNobody(password)))
      somebody.push(await costOf(() => hasher.verify(hash, password)))
    }
    const ratio = Math.min(...nobody) / Math.min(...somebody)
    expect(ratio).toBeGreaterThan(0.5)
    expect(ratio).toBeLessThan(2)
  })

  it('compares for nobody at no higher cost the first time, and through the queue', async () => {
    const hash = await hasher.hash(password)
    const first = await costOf(() => createHasher({ concurrency: 1, queue: 0 }).verifyNobody(password))
    expect(first).toBeLessThan((await costOf(() => hasher.verify(hash, password))) * 1.7)
    const small = createHasher({ concurrency: 1, queue: 0 })
    const before = small.hash(password)
    await expect(small.verifyNobody(password)).rejects.toMatchObject({ code: 'rate_limited' })
    await before
  })

  it('takes 256 code points of four bytes', async () => {
    const long = '🦉'.repeat(256)
    const hash = await hasher.hash(long)
    expect(await hasher.verify(hash, long)).toBe(true)
    expect(await hasher.verify(hash, '🦉'.repeat(255))).toBe(false)
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

  it('of bcrypt end at 72 bytes, as those who made them did', async () => {
    const hash = '$2b$06$abcdefghijklmnopqrstuueHLWckpI7Ut91D6aWthlKy4VKsT9yUG'
    expect(await hasher.verify(hash, `${'x'.repeat(72)}tail one`)).toBe(true)
    expect(await hasher.verify(hash, `${'x'.repeat(72)}tail two`)).toBe(true)
    expect(await hasher.verify(hash, 'x'.repeat(71))).toBe(false)
  })

  it('of better-auth fold the password to NFKC', async () => {
    const hash =
      '00112233445566778899aabbccddeeff:7183fc44606d7f787ae3e0022acd36a867f0b20ad10d061833dcb36405705179dc59f01b21c776586f83c47ddd476cea29c6ca25a6247aae90550c799021aa23'
    for (const spelling of ['o\ufb03ce door at nine', 'office door at nine'])
      expect(await hasher.verify(hash, spelling)).toBe(true)
  })

  const whole = [...Object.values(foreign), firebase, published.phpass[0], published.argon2i[0]]

  it.each(whole)('that were cut are nobody’s, and no fault: %.24s', async (hash) => {
    for (let length = 0; length < hash.length; length++) {
      expect(await hasher.verify(hash.slice(0, length), password)).toBe(false)
    }
  })

  it.each(whole)('that go on for 100 kB answer at once: %.24s', async (hash) => {
    for (const filling of ['A', '$', ':', '0', '=', ',']) {
      const long = `${hash.slice(0, 14)}${filling.repeat(100_000)}`
      expect(await costOf(() => hasher.verify(long, password))).toBeLessThan(20)
    }
  })

  it.each([
    '',
    'plain',
    'x'.repeat(100_000),
    '$argon2id$v=19$m=99999999,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    '$argon2id$v=19$m=19456,t=999,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    '$argon2id$v=19$m=1048576,t=5,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    '$argon2id$v=99$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    '$argon2id$v=19$m=1,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    '$argon2id$v=19$m=19456,t=0,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    '$argon2id$v=19$m=19456,t=2,p=0$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    '$argon2id$v=19$m=019456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQab$aGFzaGhhc2hoYXNoaGFzaA',
    '$scrypt$ln=16,r=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$ebnHHTApWa0oNoXTYCCHxLXDaejcvcTRQhZaD1OJNCE',
    '$scrypt$ln=18,r=8,p=5$MDEyMzQ1Njc4OWFiY2RlZg$ebnHHTApWa0oNoXTYCCHxLXDaejcvcTRQhZaD1OJNCE',
    '$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$ebnHHTApWa0oNoXTYCCHxL',
    'pbkdf2_sha256$1000$seasalt$DrdiWD40lyBuydnjvZiDrd==',
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
    let semaphore = 0
    let running = true
    const turn = (): void => {
      semaphore++
      if (running) setImmediate(turn)
    }
    turn()
    const [phpass, known] = published.phpass
    await Promise.all([
      ...Array.from({ length: 4 }, () => hasher.hash(password)),
      hasher.verify(phpass, known),
    ])
    running = false
    expect(semaphore).toBeGreaterThan(10)
  })

  it('is left by a task that failed', async () => {
    const small = createHasher({ concurrency: 1, queue: 4, portable: true })
    const [old] = published['argon2i before versions']
    const fault = small.verify(old, 'password')
    const next = small.verify(published.argon2id[0], 'password')
    await expect(fault).rejects.toMatchObject({ code: 'internal', reason: 'hash_fault' })
    expect(await next).toBe(true)
  })
})

describe('a native module that cannot be loaded', () => {
  const shortage = Object.assign(new Error('too many open files'), { code: 'EMFILE' })

  it('for a shortage is loaded again at the next hash, and is not replaced for good', async () => {
    let loads = 0
    const argon2 = createArgon2(false, async () => {
      if (++loads === 1) throw shortage
      return import('@node-rs/argon2')
    })
    await expect(argon2.hash('seven wooden lanterns')).rejects.toThrow('too many open files')
    expect(await argon2.verify(await argon2.hash('seven wooden lanterns'), 'seven wooden lanterns')).toBe(
      true,
    )
    expect(loads).toBe(2)
  })

  it('because there is none is replaced by WebAssembly, once', async () => {
    let loads = 0
    const argon2 = createArgon2(false, () => {
      loads++
      return Promise.reject(new Error('Cannot find native binding.'))
    })
    expect(await argon2.verify(await argon2.hash('seven wooden lanterns'), 'seven wooden lanterns')).toBe(
      true,
    )
    expect(loads).toBe(1)
  })
})

describe('the form of a hash', () => {
  it('is the same for two of one algorithm and cost, and another for another cost', async () => {
    const own = await hasher.hash('seven wooden lanterns')
    const bcrypt = '$2b$12$abcdefghijklmnopqrstuu50eFBEC8vQwBnuFXMHE45jBnqvQ8xz.'
    expect(hasher.formOf(own)).toBe(hasher.formOf(await hasher.hash('another password')))
    expect(hasher.formOf(bcrypt)).toBe(hasher.formOf(bcrypt.replace('abcdef', 'bcdefg')))
    expect(hasher.formOf(bcrypt)).not.toBe(hasher.formOf(foreign.bcrypt))
    expect(hasher.formOf('nothing')).toBeNull()
  })
})
