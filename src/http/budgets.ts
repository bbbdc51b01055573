/**
 * The budgets of requests as data, and which of them a request is charged to. Knows no database.
 *
 * Invariants: (1) every number stands in one table; (2) an address is charged alike whether anybody has it or not, so
 * no refusal tells of it; (3) a browser that signed in before has a budget of its own, so that strangers who guess
 * don't lock its owner out; (4) a wrong override is a fault, since a misspelled limit is no limit.
 */

import { parseDuration } from '../base/index.js'
import type { Duration } from '../base/index.js'
import type { Charge } from '../store/index.js'

/** One budget: how many of what, for whom, within which time. */
export interface Budget {
  readonly limit: number
  readonly window: Duration
  /** `misses` are given back when the request turned out right; `requests` are not. */
  readonly counts: 'misses' | 'requests'
  /** The least time between two; doubled up to `mostPause` where that is given. */
  readonly pause?: Duration
  readonly mostPause?: Duration
  /** How many are followed by no pause. */
  readonly free?: number
}

const guesses = {
  limit: 10,
  window: '15m',
  counts: 'misses',
  pause: '1s',
  mostPause: '60s',
  free: 3,
} as const

/** Every budget and its default, as the documentation states it. */
export const budgetDefaults = {
  passwordAccount: guesses,
  passwordBrowser: guesses,
  passwordNetwork: { limit: 100, window: '15m', counts: 'requests' },
  passwordGlobal: { limit: 6000, window: '1m', counts: 'requests' },
  codeNetwork: { limit: 60, window: '15m', counts: 'requests' },
  codeGlobal: { limit: 6000, window: '1m', counts: 'requests' },
  messageAddress: { limit: 5, window: '1h', counts: 'requests', pause: '60s' },
  messageCountry: { limit: 1000, window: '1d', counts: 'requests' },
  messageNetwork: { limit: 30, window: '1h', counts: 'requests' },
  messageGlobal: { limit: 3000, window: '1m', counts: 'requests' },
  signUpNetwork: { limit: 10, window: '1h', counts: 'requests' },
  signUpGlobal: { limit: 600, window: '1m', counts: 'requests' },
} as const satisfies Record<string, Budget>

/** The name of a budget. */
export type BudgetName = keyof typeof budgetDefaults

/** What an operator may set of each budget. */
export type BudgetOverrides = Partial<
  Record<
    BudgetName,
    | {
        readonly limit?: number | undefined
        readonly window?: Duration | undefined
        readonly pause?: Duration | undefined
      }
    | undefined
  >
>

/** All budgets. */
export type BudgetTable = Readonly<Record<BudgetName, Budget>>

const budgetNames = Object.keys(budgetDefaults) as BudgetName[]
const overridable = ['limit', 'window', 'pause']
const mostLimit = 1_000_000_000
const mostWindowMs = 90 * 86_400_000

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readBudget(name: BudgetName, override: unknown, faults: string[]): Budget {
  const standard: Budget = budgetDefaults[name]
  if (override === undefined) return standard
  if (!isRecord(override)) {
    faults.push(`limits.${name}: give an object such as { limit: 10, window: '15m' }.`)
    return standard
  }
  for (const key of Object.keys(override)) {
    if (!overridable.includes(key)) faults.push(`limits.${name}.${key}: there is no such option.`)
  }
  const { limit = standard.limit, window = standard.window, pause = standard.pause } = override
  if (!Number.isInteger(limit) || (limit as number) < 1 || (limit as number) > mostLimit) {
    faults.push(`limits.${name}.limit: give a whole number from 1 to ${mostLimit}.`)
  }
  const windowMs = parseDuration(window)
  if (windowMs === null || windowMs > mostWindowMs) {
    faults.push(`limits.${name}.window: write a duration such as '15m', 90 days at most.`)
  }
  if (pause !== undefined && parseDuration(pause) === null) {
    faults.push(`limits.${name}.pause: write a duration such as '60s'.`)
  }
  const numbers = { ...standard, limit: limit as number, window: window as Duration }
  return pause === undefined ? numbers : { ...numbers, pause: pause as Duration }
}

/** The table with the operator's numbers in it; every fault of them is added to `faults`, with its fix. */
export function readBudgets(overrides: unknown, faults: string[]): BudgetTable {
  const given = overrides ?? {}
  if (!isRecord(given)) {
    faults.push('limits: give an object of budgets, such as { messageCountry: { limit: 5000 } }.')
    return budgetDefaults
  }
  for (const key of Object.keys(given)) {
    if (!budgetNames.some((name) => name === key)) faults.push(`limits.${key}: there is no such budget.`)
  }
  const entries = budgetNames.map((name) => [name, readBudget(name, given[name], faults)] as const)
  return Object.freeze(Object.fromEntries(entries)) as BudgetTable
}

/** A sign-in by password. */
export interface PasswordAttempt {
  /** As it is compared, whether anybody has it or not. */
  readonly address: string
  readonly network: string
  /** A hash of the browser's flow. */
  readonly browser: string
  /** Whether that browser signed in to this address before. */
  readonly known: boolean
}

/** A request that sends a message. */
export interface MessageRequest {
  readonly type: 'email' | 'phone'
  /** As it is compared. */
  readonly address: string
  readonly network: string
  /** The calling code of a phone; null where there is none. */
  readonly country: string | null
}

/** What a message is charged to, by what a refusal may look like. */
export interface MessageCharges {
  /** To be taken first. Its refusal is `rate_limited`: it tells only of who asks. */
  readonly told: readonly Charge[]
  /** To be taken next. Its refusal is the usual 202, and nothing is sent: it would tell of the address. */
  readonly silent: readonly Charge[]
}

/** Which budgets a request is charged to. */
export interface Budgets {
  /** Before the password is compared. A right one gives `missesOf` these back. */
  passwordCharges(attempt: PasswordAttempt): readonly Charge[]
  /** Before a code or link is redeemed. Guesses at one code are counted with the code itself. */
  codeCharges(client: { readonly network: string }): readonly Charge[]
  /** For every request that sends: sign-in links and codes, verification, recovery, and the proof of a sign-up. */
  messageCharges(request: MessageRequest): MessageCharges
  /** Beside the message that a sign-up sends. */
  signUpCharges(client: { readonly network: string }): readonly Charge[]
  /** The charges that are given back when the request turned out right. */
  missesOf(charges: readonly Charge[]): readonly Charge[]
}

// Settings were read when the engine opened, so every duration here is one.
const msOf = (duration: Duration): number => parseDuration(duration) as number

/** The budgets of one engine. */
export function createBudgets(table: BudgetTable): Budgets {
  function charge(name: BudgetName, subject: string): Charge {
    const { limit, window, pause, mostPause, free } = table[name]
    return {
      budget: name,
      subject,
      limit,
      windowMs: msOf(window),
      ...(pause !== undefined && { pauseMs: msOf(pause) }),
      ...(mostPause !== undefined && { mostPauseMs: msOf(mostPause) }),
      ...(free !== undefined && { free }),
    }
  }

  const everybody = 'all'

  return {
    passwordCharges: ({ address, network, browser, known }) => [
      known ? charge('passwordBrowser', `${browser} ${address}`) : charge('passwordAccount', address),
      charge('passwordNetwork', network),
      charge('passwordGlobal', everybody),
    ],

    codeCharges: ({ network }) => [charge('codeNetwork', network), charge('codeGlobal', everybody)],

    messageCharges: ({ type, address, network, country }) => ({
      told: [charge('messageNetwork', network), charge('messageGlobal', everybody)],
      silent: [
        charge('messageAddress', address),
        ...(type === 'phone' ? [charge('messageCountry', country ?? 'unknown')] : []),
      ],
    }),

    signUpCharges: ({ network }) => [charge('signUpNetwork', network), charge('signUpGlobal', everybody)],

    missesOf: (charges) =>
      charges.filter(({ budget }) =>
        budgetNames.some((name) => name === budget && table[name].counts === 'misses'),
      ),
  }
}
