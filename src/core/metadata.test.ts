/** Metadata patches that are not JSON, too deep, too wide, or that pollute prototypes. */

import { describe, expect, it } from 'vitest'
import { costOf } from '../../test/harness/cost.js'
import { AuthError } from '../base/index.js'
import { readJsonPatch } from './metadata.js'

function ruleOf(value: unknown): string | undefined {
  try {
    readJsonPatch('metadata', value)
    return undefined
  } catch (error) {
    return AuthError.is(error) ? error.fields?.[0]?.rule : 'raw'
  }
}

describe('a patch of metadata', () => {
  it('sets, removes and clears', () => {
    const { clear, set, remove } = readJsonPatch('metadata', { a: 1, b: null, c: { d: null } })
    expect([clear, { ...set }, remove]).toEqual([false, { a: 1, c: { d: null } }, ['b']])
    expect(readJsonPatch('metadata', null).clear).toBe(true)
  })

  it('refuses `__proto__` at any depth, and pollutes nothing', () => {
    expect(ruleOf(JSON.parse('{"__proto__":{"admin":true}}'))).toBe('format')
    expect(ruleOf(JSON.parse('{"a":[{"__proto__":1}]}'))).toBe('format')
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
    expect(ruleOf({ constructor: 'a word' })).toBeUndefined()
  })

  it('refuses cycles, depth and width without costing time', async () => {
    const cycle: Record<string, unknown> = {}
    cycle['a'] = cycle
    cycle['b'] = cycle
    let deep: unknown = 1
    for (let depth = 0; depth < 100_000; depth++) deep = { a: deep }
    const hostile = [cycle, deep, { a: new Array(1_000_000).fill(0) }]
    expect(hostile.map(ruleOf)).toEqual(['format', 'format', 'format'])
    expect(await costOf(() => hostile.map(ruleOf))).toBeLessThan(100)
  })

  it.each([
    undefined,
    1,
    'x',
    true,
    [],
    () => 1,
    Symbol('x'),
    new Date(),
    new Map(),
    { a: Number.NaN },
    { a: 1n },
    { a: undefined },
    { a: '\ud800' },
    { '\u0000': 1 },
  ])('refuses %s', (value) => {
    expect(ruleOf(value)).toBe('format')
  })
})
