/** What the timing gate measures is what the table of routes holds: no strategy and no imported hash is forgotten. */

import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createHasher } from '../../../src/hashing/index.js'
import type { Strategy } from '../../../src/strategies/index.js'
import { listRoutes } from '../../harness/site.js'
import { everyStrategy, importedHashes, timedRoutes } from '../../timing/routes.js'

describe('the timing gate', () => {
  it('measures every route that is asked about an address', async () => {
    const measured = (await timedRoutes()).map(({ name, type, hashes }) => [name, type, hashes])
    const wanted = [
      ['POST /sign-up', 'email', true],
      ['POST /password/request', 'email', true],
      ['POST /magic-link/request', 'email', false],
      ['POST /email-otp/request', 'email', false],
      ['POST /email-otp/callback', 'email', false],
      ['POST /sms-otp/request', 'phone', false],
      ['POST /sms-otp/callback', 'phone', false],
      ['POST /whatsapp/request', 'phone', false],
      ['POST /whatsapp/callback', 'phone', false],
      ['POST /verification/request', 'email', false],
      ['POST /verification/callback', 'email', true],
      ['POST /recovery/request', 'email', false],
      ['POST /recovery/callback', 'email', true],
    ]
    expect(measured.sort()).toEqual(wanted.sort())
  })

  it('measures every strategy that ships, and one that comes later', async () => {
    const ids = everyStrategy().map(({ id }) => id)
    const served = (await listRoutes()).flatMap(({ action }) => action?.strategy ?? [])
    // What is no strategy, and is there with any of them.
    const others = new Set(['verification', 'recovery', 'email-change'])
    expect(served.filter((id) => !ids.includes(id) && !others.has(id))).toEqual([])
    const [one] = everyStrategy() as [Strategy]
    const later: Strategy = { ...one, id: 'later', fields: { request: [{ name: 'email', type: 'email' }] } }
    const names = (await timedRoutes([...everyStrategy(), later])).map(({ name }) => name)
    expect(names).toContain('POST /later/request')
    for (const id of ids) expect(names.some((name) => name.startsWith(`POST /${id}/`))).toBe(true)
  })

  it('measures people with a hash of every form that can be imported', () => {
    const verifiers = readdirSync(new URL('../../../src/hashing/verifiers', import.meta.url))
    const forms = verifiers.filter((file) => !file.includes('.test.')).map((file) => file.replace('.ts', ''))
    expect(Object.keys(importedHashes).sort()).toEqual(forms.sort())
    const hasher = createHasher({ concurrency: 1, queue: 10 })
    const told = Object.values(importedHashes).map((hash) => hasher.formOf(hash))
    expect(told).not.toContain(null)
    expect(new Set(told).size).toBe(forms.length)
  })
})
