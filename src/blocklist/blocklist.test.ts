/** The list of common passwords, the operator's own, and the online range check. */

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf } from '../../test/harness/cost.js'
import { ConfigError } from '../base/index.js'
import { readBloomFilter } from './bloom.js'
import { createBlocklist } from './index.js'
import { isPattern } from './patterns.js'

const faults: unknown[] = []
const onFault = (error: unknown): void => {
  faults.push(error)
}

describe('the shipped list', () => {
  const shipped = new URL('../../data/common-passwords.bloom', import.meta.url)
  const filter = readBloomFilter(readFileSync(shipped))

  it.each(['password1', 'iloveyou2', 'football1', 'trustno1', 'PASSWORD1', 'superman123'])(
    'knows %s',
    async (password) => {
      expect(await createBlocklist({ onFault }).includes(password)).toBe(true)
    },
  )

  it('knows every entry of the dictionary of passwords that it was built from', async () => {
    const { dictionary } = await import('@zxcvbn-ts/language-common')
    const long = dictionary['passwords-common'].map(String).filter((each) => Array.from(each).length >= 8)
    expect(long.length).toBeGreaterThan(10_000)
    expect(long.filter((each) => !filter.has(each.normalize('NFC').toLowerCase()))).toEqual([])
  })

  it('takes less than one stranger in a million for one of its own, by what its head says', () => {
    const rate = (1 - Math.exp((-filter.hashes * filter.entries) / filter.bits)) ** filter.hashes
    expect(rate).toBeLessThan(1e-6)
    expect(filter.entries).toBeGreaterThan(100_000)
  })

  it('takes at most a few of many strangers for one of its own', () => {
    let wrong = 0
    const rounds = 600_000
    for (let index = 0; index < rounds; index++) if (filter.has(`stranger ${index}`)) wrong++
    // At one in two million, four or more of these come once in hundreds of lists.
    expect(wrong).toBeLessThan(4)
  })

  it('is refused where it is damaged, since one that was cut would know less in silence', () => {
    const bytes = readFileSync(shipped)
    const noBits = Buffer.from(bytes)
    noBits.writeUInt32BE(0, 4)
    for (const damaged of [
      bytes.subarray(0, bytes.length - 1),
      bytes.subarray(0, 7),
      bytes.subarray(1),
      Buffer.concat([bytes, Buffer.of(0)]),
      noBits,
      Buffer.alloc(0),
    ]) {
      expect(() => readBloomFilter(damaged)).toThrow('filter')
    }
  })

  it.each([
    'aaaaaaaaaaaa',
    'abcabcabcabca',
    '123456789012',
    'qwertyuiopas',
    'zyxwvutsrqpo',
    'letmeinletmein',
    '1q2w3e4r5t6y',
    '0987654321098',
    '7890qwertyuiop',
    '!@#$%^&*()_+',
  ])('needs no entry for the pattern %s', async (password) => {
    expect(await createBlocklist({ onFault }).includes(password)).toBe(true)
  })

  it('judges patterns as their definition does', () => {
    const repeats = (text: string): boolean =>
      Array.from({ length: text.length >> 1 }, (_, index) => text.slice(0, index + 1)).some((unit) =>
        unit.repeat(text.length).startsWith(text),
      )
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('x', 'q', '7'), maxLength: 12, minLength: 4 }),
        (text) => {
          expect(isPattern(text)).toBe(repeats(text))
        },
      ),
    )
  })

  it('knows at least 60 of the 63 passwords of twelve characters that everybody tries', async () => {
    const file = new URL('../../scripts/corpus/tried-passwords.json', import.meta.url)
    const tried = JSON.parse(readFileSync(file, 'utf8')) as string[]
    const list = createBlocklist({ onFault })
    const passed: string[] = []
    for (const password of tried) {
      // The core checks for the product's name.
      if (!/acme/i.test(password) && !(await list.includes(password))) passed.push(password)
    }
    expect([tried.length, passed.length <= 3]).toEqual([63, true])
  })

  it('refuses none of many passphrases of four random words, nor of many random passwords', async () => {
    const { dictionary } = await import('@zxcvbn-ts/language-common')
    const words = dictionary['diceware-common'].map(String)
    const list = createBlocklist({ onFault })
    // The same on every run: a multiplicative generator (Park and Miller).
    let state = 42
    const next = (most: number): number => (state = (state * 48_271) % 2_147_483_647) % most
    const letters = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
    const refused: string[] = []
    for (let round = 0; round < 2000; round++) {
      const phrase = Array.from({ length: 4 }, () => words[next(words.length)]).join(
        round % 2 === 0 ? '' : '-',
      )
      const random = Array.from({ length: 14 }, () => letters[next(letters.length)]).join('')
      for (const password of [phrase, random]) if (await list.includes(password)) refused.push(password)
    }
    // Under 0.1 %.
    expect(refused.length).toBeLessThan(4)
  }, 60_000)

  it('answers fast about the longest password that there can be', async () => {
    const list = createBlocklist({ onFault })
    await list.includes('once, so that the file is read')
    for (const text of ['ab'.repeat(8000) + 'y', 'a'.repeat(16_000) + 'b', `${'a'.repeat(8000)}b`.repeat(2)])
      expect(await costOf(() => list.includes(text))).toBeLessThan(20)
  })

  it('lets a good one through', async () => {
    for (const password of [
      'seven wooden lanterns',
      'abcdefghijklmnop qrs',
      'Tr0ub4dor&3 of old',
      '🦉🌲🎈🍋🚲🎻🧭🌊🦊🎲🍩🔭',
    ]) {
      expect(await createBlocklist({ onFault }).includes(password)).toBe(false)
    }
  })
})

describe('the file of an operator', () => {
  it('is read line by line, without letter case and in NFC', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-list-'))
    const file = join(folder, 'list.txt')
    await writeFile(file, '\ufeffAcme rockets are best\r\ncafe\u0301 in the morning\n\n')
    const list = createBlocklist({ file, onFault })
    expect(await list.includes('acme ROCKETS are best')).toBe(true)
    expect(await list.includes('caf\u00e9 in the morning')).toBe(true)
    expect(await list.includes('acme rockets are')).toBe(false)
    await rm(folder, { recursive: true })
  })

  it('that is missing or no file is a fault of the options', () => {
    for (const file of ['nowhere/list.txt', tmpdir(), 'a\u0000b', ''])
      expect(() => createBlocklist({ file, onFault })).toThrow(ConfigError)
  })

  it('that goes away leaves the shipped list in force, and is read when it comes back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-list-'))
    const file = join(folder, 'list.txt')
    await writeFile(file, 'acme rockets are best')
    faults.length = 0
    const list = createBlocklist({ file, onFault })
    await rm(file)
    expect(await list.includes('superman123')).toBe(true)
    expect(await list.includes('acme rockets are best')).toBe(false)
    expect(faults).toHaveLength(1)
    await writeFile(file, 'acme rockets are best')
    expect(await list.includes('acme rockets are best')).toBe(true)
    await rm(folder, { recursive: true })
  })
})

describe('the online range check', () => {
  const password = 'a breached one nobody lists'
  const digest = createHash('sha1').update(password).digest('hex').toUpperCase()

  async function against(answer: RequestListener): Promise<{ refused: boolean; asked: string[] }> {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(`${request.url} ${String(request.headers['add-padding'])}`)
      answer(request, response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const refused = await createBlocklist({ breached: { url, timeoutMs: 200 }, onFault }).isBreached(password)
    server.close()
    server.closeAllConnections()
    return { refused, asked }
  }

  it('sends five hex digits and finds the rest in the answer', async () => {
    const { refused, asked } = await against((_, response) => {
      response.end(`00${digest.slice(7)}:3\r\n${digest.slice(5)}:17\r\n`)
    })
    expect([refused, asked]).toEqual([true, [`/range/${digest.slice(0, 5)} true`]])
  })

  it('takes no padding for a finding', async () => {
    expect((await against((_, response) => void response.end(`${digest.slice(5)}:0`))).refused).toBe(false)
  })

  it('fails open for a refusal, for garbage, and for silence', async () => {
    faults.length = 0
    const refusal: RequestListener = (_, response) => void response.writeHead(503).end()
    const garbage: RequestListener = (_, response) => void response.end('<html>'.repeat(1000))
    const silence: RequestListener = () => undefined
    for (const answer of [refusal, garbage, silence]) expect((await against(answer)).refused).toBe(false)
    expect(faults).toHaveLength(2)
  })

  it('asks by the fetch that it is given, and fails open where that throws or the address is none', async () => {
    faults.length = 0
    const asked: string[] = []
    const fetch = (url: unknown): Promise<Response> => {
      asked.push(String(url))
      return Promise.resolve(new Response(`${digest.slice(5)}:1`))
    }
    expect(await createBlocklist({ breached: { fetch } }).isBreached(password)).toBe(true)
    expect(asked).toEqual([`https://api.pwnedpasswords.com/range/${digest.slice(0, 5)}`])
    const broken = (): never => {
      throw new Error('no network here')
    }
    for (const breached of [{ fetch: broken }, { url: 'not an address' }])
      expect(await createBlocklist({ breached, onFault }).isBreached(password)).toBe(false)
    expect(faults).toHaveLength(2)
  })

  it('is asked by itself alone: a list never asks outside, and without a service nothing is breached', async () => {
    const fetch = (): never => {
      throw new Error('asked')
    }
    faults.length = 0
    expect(await createBlocklist({ breached: { fetch }, onFault }).includes(password)).toBe(false)
    expect(await createBlocklist({ onFault }).isBreached(password)).toBe(false)
    expect(faults).toHaveLength(0)
  })
})
