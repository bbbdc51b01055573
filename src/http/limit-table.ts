/**
 * The request limits as data, and the parts of them that an operator may change. Knows no database and no
 * request.
 *
 * Invariants: (1) every number is in one table; (2) a wrong override is an error, because a misspelled limit
 * would not limit anything.
 */

import { parseDuration } from '../base/index.js'
import type { Duration, LimitName } from '../base/index.js'

/** One limit: how many requests or misses are allowed within a window. */
export interface LimitRule {
  /** How many are allowed within the window. */
  readonly limit: number
  /** How long requests count. */
  readonly window: Duration
  /** `misses` counts only wrong attempts: a correct one is given back. `requests` counts all. */
  readonly counts: 'misses' | 'requests'
  /**
   * What happens beyond the limit. By default the request is refused. `toll`: strangers must solve a toll.
   * `tell`: only this password stops working.
   */
  readonly beyond?: 'toll' | 'tell'
  /** The wait after a wrong attempt. It doubles up to `maxPause`. */
  readonly pause?: Duration
  /** The longest wait after a wrong attempt. */
  readonly maxPause?: Duration
  /** How many wrong attempts are allowed before the first pause. */
  readonly free?: number
}

/** All limits, those of features too. */
export type LimitTable = Readonly<Record<LimitName, LimitRule>>

const guesses = {
  limit: 10,
  window: '15m',
  counts: 'misses',
  pause: '1s',
  maxPause: '60s',
  free: 3,
} as const

const kernelLimits = {
  passwordStranger: guesses,
  passwordKnown: guesses,
  passwordAddress: { limit: 30, window: '15m', counts: 'misses', beyond: 'toll' },
  passwordInARow: { limit: 100, window: '90d', counts: 'misses', beyond: 'tell' },
  passwordNetwork: { limit: 100, window: '15m', counts: 'requests' },
  passwordGlobal: { limit: 6000, window: '1m', counts: 'requests', beyond: 'toll' },
  codeNetwork: { limit: 60, window: '15m', counts: 'requests' },
  codeGlobal: { limit: 6000, window: '1m', counts: 'requests', beyond: 'toll' },
  messagePause: { limit: 1, window: '60s', counts: 'requests' },
  messageStranger: { limit: 5, window: '1h', counts: 'requests' },
  messageKnown: { limit: 10, window: '1h', counts: 'requests' },
  messageAddress: { limit: 5, window: '1h', counts: 'requests', beyond: 'toll' },
  messageCountry: { limit: 1000, window: '1d', counts: 'requests', beyond: 'toll' },
  messageNetwork: { limit: 30, window: '1h', counts: 'requests' },
  messageGlobal: { limit: 3000, window: '1m', counts: 'requests', beyond: 'toll' },
  signUpNetwork: { limit: 10, window: '1h', counts: 'requests' },
  signUpGlobal: { limit: 600, window: '1m', counts: 'requests', beyond: 'toll' },
  tollWait: { limit: 1, window: '60s', counts: 'requests' },
} as const satisfies Partial<Record<LimitName, LimitRule>>

/** Every limit and its default, as documented in docs/limits.md. `readLimits` adds those of features. */
export const limitDefaults = kernelLimits as unknown as LimitTable

/** Overrides of the limits by name. See docs/limits.md for the defaults. */
export type LimitOverrides = Partial<
  Record<
    LimitName,
    | {
        /** How many are allowed within the window, from 1 to 1000000000. */
        readonly limit?: number | undefined
        /** How long requests count, at most 90 days. */
        readonly window?: Duration | undefined
        /** The wait after a wrong attempt, for limits that have one. */
        readonly pause?: Duration | undefined
      }
    | undefined
  >
>

const overridable = ['limit', 'window', 'pause']
const maxLimit = 1_000_000_000
const maxInARow = 100
const maxWindowMs = 90 * 86_400_000

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readLimit(
  [name, standard]: readonly [name: string, standard: LimitRule],
  override: unknown,
  faults: string[],
): LimitRule {
  if (override === undefined) return standard
  if (!isRecord(override)) {
    faults.push(`limits.${name}: give an object such as { limit: 10, window: '15m' }.`)
    return standard
  }
  for (const key of Object.keys(override)) {
    if (!overridable.includes(key) || (key === 'pause' && standard.pause === undefined))
      faults.push(`limits.${name}.${key}: there is no such option.`)
  }
  const { limit = standard.limit, window = standard.window, pause = standard.pause } = override
  // The maximum that SP 800-63B-4 §3.2.2 allows.
  if (name === 'passwordInARow' && (limit as number) > maxInARow) {
    faults.push(`limits.${name}.limit: give ${maxInARow} at most.`)
  }
  if (!Number.isInteger(limit) || (limit as number) < 1 || (limit as number) > maxLimit) {
    faults.push(`limits.${name}.limit: give a whole number from 1 to ${maxLimit}.`)
  }
  const windowMs = parseDuration(window)
  if (windowMs === null || windowMs > maxWindowMs) {
    faults.push(`limits.${name}.window: write a duration such as '15m', 90 days at most.`)
  }
  if (pause !== undefined && parseDuration(pause) === null) {
    faults.push(`limits.${name}.pause: write a duration such as '60s'.`)
  }
  const numbers = { ...standard, limit: limit as number, window: window as Duration }
  return pause === undefined ? numbers : { ...numbers, pause: pause as Duration }
}

/**
 * Returns the table with the limits of features and the operator's overrides. Every problem is added to `faults`
 * with its fix.
 */
export function readLimits(
  overrides: unknown,
  faults: string[],
  added: Readonly<Record<string, LimitRule>> = {},
): LimitTable {
  const defaults = { ...limitDefaults, ...added }
  const limitNames = Object.keys(defaults)
  const given = overrides ?? {}
  if (!isRecord(given)) {
    faults.push('limits: give an object of limits, such as { messageCountry: { limit: 5000 } }.')
    return defaults
  }
  for (const key of Object.keys(given)) {
    if (!limitNames.includes(key)) faults.push(`limits.${key}: there is no such limit.`)
  }
  const entries = Object.entries(defaults).map(
    ([name, standard]) => [name, readLimit([name, standard], given[name], faults)] as const,
  )
  return Object.freeze(Object.fromEntries(entries)) as LimitTable
}
