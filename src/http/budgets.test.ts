/** The table of budgets, its documentation, and what is charged to which. */

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Charge } from '../store/index.js'
import { budgetDefaults, createBudgets, readBudgets } from './budgets.js'
import type { BudgetName } from './budgets.js'

const names = Object.keys(budgetDefaults) as BudgetName[]
const budgets = createBudgets(budgetDefaults)
const [address, network, browser] = ['owner@example.com', '192.0.2.1', 'a hash of a flow']
const minute = 60_000

const brief = (charges: readonly Charge[]): unknown[] =>
  charges.map(({ budget, subject, limit, windowMs }) => [budget, subject, limit, windowMs])

function read(overrides: unknown): { faults: string[]; table: ReturnType<typeof readBudgets> } {
  const faults: string[] = []
  return { table: readBudgets(overrides, faults), faults }
}

describe('what is charged', () => {
  it('for a password: its account, its network, and everybody', () => {
    const charges = budgets.passwordCharges({ address, network, browser, known: false })
    expect(brief(charges)).toEqual([
      ['passwordAccount', address, 10, 15 * minute],
      ['passwordNetwork', network, 100, 15 * minute],
      ['passwordGlobal', 'all', 6000, minute],
    ])
    expect(charges[0]).toMatchObject({ pauseMs: 1000, mostPauseMs: 60_000, free: 3 })
  })

  it('for a password from a known browser: that browser in place of the account', () => {
    const [own, ...others] = budgets.passwordCharges({ address, network, browser, known: true })
    expect(own).toMatchObject({ budget: 'passwordBrowser', limit: 10, pauseMs: 1000, free: 3 })
    expect(others).toEqual(budgets.passwordCharges({ address, network, browser, known: false }).slice(1))
    const subject = (change: { address?: string; browser?: string }): string | undefined =>
      budgets.passwordCharges({ address, network, browser, known: true, ...change })[0]?.subject
    expect(new Set([subject({}), subject({ address: 'x@y.example' }), subject({ browser: 'b' })]).size).toBe(
      3,
    )
  })

  it('and a right password gives back the miss alone', () => {
    for (const known of [true, false]) {
      const charges = budgets.passwordCharges({ address, network, browser, known })
      expect(budgets.missesOf(charges)).toEqual(charges.slice(0, 1))
    }
    expect(budgets.missesOf(budgets.codeCharges({ network }))).toEqual([])
  })

  it('for a code or link: its network, and everybody', () => {
    expect(brief(budgets.codeCharges({ network }))).toEqual([
      ['codeNetwork', network, 60, 15 * minute],
      ['codeGlobal', 'all', 6000, minute],
    ])
  })

  it('for a message: told of the network and of everybody, silent of the address', () => {
    const { told, silent } = budgets.messageCharges({ type: 'email', address, network, country: null })
    expect(brief(told)).toEqual([
      ['messageNetwork', network, 30, 60 * minute],
      ['messageGlobal', 'all', 3000, minute],
    ])
    expect(silent).toEqual([
      { budget: 'messageAddress', subject: address, limit: 5, windowMs: 60 * minute, pauseMs: minute },
    ])
  })

  it('for a text message: its country too, and one shared budget where that is unknown', () => {
    const countries = ['351', null].map((country) => {
      const { silent } = budgets.messageCharges({ type: 'phone', address: '+351912345678', network, country })
      return brief(silent)[1]
    })
    expect(countries).toEqual([
      ['messageCountry', '351', 1000, 24 * 60 * minute],
      ['messageCountry', 'unknown', 1000, 24 * 60 * minute],
    ])
  })

  it('for a sign-up: its network, and everybody', () => {
    expect(brief(budgets.signUpCharges({ network }))).toEqual([
      ['signUpNetwork', network, 10, 60 * minute],
      ['signUpGlobal', 'all', 600, minute],
    ])
  })
})

describe('overrides', () => {
  it('are none by default', () => {
    for (const nothing of [undefined, null, {}, { messageAddress: undefined }]) {
      expect(read(nothing)).toEqual({ table: budgetDefaults, faults: [] })
    }
  })

  it('change the number and the window alone, and reach the charges', () => {
    const { table, faults } = read({
      passwordAccount: { limit: 20 },
      messageCountry: { limit: 5, window: '12h' },
    })
    expect(faults).toEqual([])
    expect(table).toEqual({
      ...budgetDefaults,
      passwordAccount: { ...budgetDefaults.passwordAccount, limit: 20 },
      messageCountry: { limit: 5, window: '12h', counts: 'requests' },
    })
    const [account] = createBudgets(table).passwordCharges({ address, network, browser, known: false })
    expect(account).toMatchObject({ limit: 20, windowMs: 15 * minute, pauseMs: 1000 })
  })

  it.each([
    [7, 'limits: give an object'],
    [[], 'limits: give an object'],
    [{ passwordAcount: { limit: 1 } }, 'limits.passwordAcount: there is no such budget.'],
    [{ toString: {} }, 'limits.toString: there is no such budget.'],
    [{ passwordAccount: 5 }, 'limits.passwordAccount: give an object'],
    [{ passwordAccount: null }, 'limits.passwordAccount: give an object'],
    [{ passwordAccount: { max: 5 } }, 'limits.passwordAccount.max: there is no such option.'],
    [{ codeNetwork: { limit: 0 } }, 'limits.codeNetwork.limit: give a whole number'],
    [{ codeNetwork: { limit: 1.5 } }, 'limits.codeNetwork.limit: give a whole number'],
    [{ codeNetwork: { limit: '5' } }, 'limits.codeNetwork.limit: give a whole number'],
    [{ codeNetwork: { limit: 2_000_000_000 } }, 'limits.codeNetwork.limit: give a whole number'],
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

  it('are read whatever they are, and without a fault give budgets that can be charged', () => {
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
        for (const { limit, windowMs } of createBudgets(table).codeCharges({ network })) {
          expect(Number.isInteger(limit) && limit > 0 && windowMs > 0).toBe(true)
        }
      }),
    )
  })
})

it('the page of limits states every budget with its numbers, and no other', () => {
  const page = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)`\s*\| `(\d+)` in `(\w+)`\s*\|/gm)].map(([, ...cells]) => cells)
  const stated = names.map((name) => {
    const { limit, window } = budgetDefaults[name]
    return [name, String(limit), window]
  })
  expect(rows).toEqual(stated)
})
