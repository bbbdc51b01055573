/** The table of limits, and its documentation. */

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRequestLimits } from './request-limits.js'
import { limitDefaults, readLimits } from './limit-table.js'
import type { LimitName } from '../base/index.js'

const names = Object.keys(limitDefaults) as LimitName[]
const client = { network: '192.0.2.1', wider: [] }
const minute = 60_000

function read(overrides: unknown): { faults: string[]; table: ReturnType<typeof readLimits> } {
  const faults: string[] = []
  return { table: readLimits(overrides, faults), faults }
}

describe('overrides', () => {
  it('are none by default', () => {
    for (const nothing of [undefined, null, {}, { messageAddress: undefined }]) {
      expect(read(nothing)).toEqual({ table: limitDefaults, faults: [] })
    }
  })

  it('change the number and the window alone, and reach the charges', () => {
    const { table, faults } = read({
      passwordStranger: { limit: 20 },
      messageCountry: { limit: 5, window: '12h' },
    })
    expect(faults).toEqual([])
    expect(table).toEqual({
      ...limitDefaults,
      passwordStranger: { ...limitDefaults.passwordStranger, limit: 20 },
      messageCountry: { limit: 5, window: '12h', counts: 'requests', beyond: 'toll' },
    })
    const [stranger] = createRequestLimits(table).password({ client, known: null }, 'a@b.example', 'id')
    expect(stranger).toMatchObject({ max: 20, windowMs: 15 * minute, pauseMs: 1000 })
  })

  it.each([
    [7, 'limits: give an object'],
    [[], 'limits: give an object'],
    [{ passwordAcount: { limit: 1 } }, 'limits.passwordAcount: there is no such limit.'],
    [{ toString: {} }, 'limits.toString: there is no such limit.'],
    [{ passwordStranger: 5 }, 'limits.passwordStranger: give an object'],
    [{ passwordStranger: null }, 'limits.passwordStranger: give an object'],
    [{ passwordStranger: { max: 5 } }, 'limits.passwordStranger.max: there is no such option.'],
    [{ codeNetwork: { limit: 0 } }, 'limits.codeNetwork.limit: give a whole number'],
    [{ codeNetwork: { limit: 1.5 } }, 'limits.codeNetwork.limit: give a whole number'],
    [{ codeNetwork: { limit: '5' } }, 'limits.codeNetwork.limit: give a whole number'],
    [{ codeNetwork: { limit: 2_000_000_000 } }, 'limits.codeNetwork.limit: give a whole number'],
    [{ passwordAccount: { limit: 5 } }, 'limits.passwordAccount: there is no such limit.'],
    [{ messageAddress: { pause: '60s' } }, 'limits.messageAddress.pause: there is no such option.'],
    [{ passwordInARow: { limit: 101 } }, 'limits.passwordInARow.limit: give 100 at most.'],
    [{ codeNetwork: { window: 15 } }, 'limits.codeNetwork.window: write a duration'],
    [{ codeNetwork: { window: '91d' } }, 'limits.codeNetwork.window: write a duration'],
  ])('%j are a fault', (overrides, fault) => {
    const { faults } = read(overrides)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain(fault)
  })

  it('tell all their faults at once', () => {
    expect(read({ a: 1, codeNetwork: { limit: -1, window: '', other: 1 } }).faults).toHaveLength(4)
  })

  it('are read whatever they are, and without a fault give limits that can be charged', () => {
    const override = fc.oneof(
      fc.record({ limit: fc.anything(), window: fc.anything() }, { requiredKeys: [] }),
      fc.record({
        limit: fc.integer({ min: -1, max: 50 }),
        window: fc.constantFrom('1m', '30d', '100d', ''),
      }),
      fc.anything(),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), override), (overrides) => {
        const { table, faults } = read(overrides)
        if (faults.length > 0) return
        for (const { max: limit, windowMs } of createRequestLimits(table).networks(client, 'codeNetwork')) {
          expect(Number.isInteger(limit) && limit > 0 && windowMs > 0).toBe(true)
        }
      }),
    )
  })
})

it('the page of limits states every limit with its numbers, and no other', () => {
  const page = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)`\s*\| `(\d+)` in `(\w+)`\s*\|/gm)].map(([, ...cells]) => cells)
  const stated = names.map((name) => {
    const { limit, window } = limitDefaults[name]
    return [name, String(limit), window]
  })
  expect(rows).toEqual(stated)
})
