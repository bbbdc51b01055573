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
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../base/index.js'
import { readBloomFilter } from './bloom.js'
import { createBlocklist } from './index.js'

const faults: unknown[] = []
const onFault = (error: unknown): void => {
  faults.push(error)
}

describe('the shipped list', () => {
  const filter = readBloomFilter(readFileSync(new URL('../../data/common-passwords.bloom', import.meta.url)))

  it.each(['password1', 'iloveyou2', 'football1', 'trustno1', 'PASSWORD1', 'superman123'])(
    'knows %s',
    async (password) => {
      expect(await createBlocklist({ onFault }).includes(password)).toBe(true)
    },
  )

  it('takes at most a few strangers in a million for one of its own', () => {
    let wrong = 0
    const rounds = 300_000
    for (let index = 0; index < rounds; index++) if (filter.has(`stranger ${index}`)) wrong++
    // One in a million is expected; four or more of these would come once in thousands of runs.
    expect(wrong).toBeLessThan(4)
    expect(filter.entries).toBeGreaterThan(100_000)
  })

  it.each([
    'aaaaaaaaaaaa',
    'abcabcabcabca',
    '123456789012',
    'qwertyuiopas',
    'zyxwvutsrqpo',
    'letmeinletmein',
  ])('needs no entry for the pattern %s', async (password) => {
    expect(await createBlocklist({ onFault }).includes(password)).toBe(true)
  })

  it('lets a good one through', async () => {
    for (const password of ['seven wooden lanterns', 'Tr0ub4dor&3 of old', '🦉🌲🎈🍋🚲🎻🧭🌊🦊🎲🍩🔭']) {
      expect(await createBlocklist({ onFault }).includes(password)).toBe(false)
    }
  })
})

describe('the file of an operator', () => {
  it('is read line by line, without letter case and in NFC', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-list-'))
    const file = join(folder, 'list.txt')
    await writeFile(file, 'Acme rockets are best\r\ncafe\u0301 in the morning\n\n')
    const list = createBlocklist({ file, onFault })
    expect(await list.includes('acme ROCKETS are best')).toBe(true)
    expect(await list.includes('caf\u00e9 in the morning')).toBe(true)
    expect(await list.includes('acme rockets')).toBe(false)
    await rm(folder, { recursive: true })
  })

  it('that is missing is a fault of the options', () => {
    expect(() => createBlocklist({ file: 'nowhere/list.txt', onFault })).toThrow(ConfigError)
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
    const refused = await createBlocklist({ breached: { url, timeoutMs: 200 }, onFault }).includes(password)
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
})
