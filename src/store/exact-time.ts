/**
 * Database times with microseconds. A `Date` only holds milliseconds, but within one millisecond a secret can
 * be redeemed and all sessions of its user be ended: the order decides whether a session may be created.
 *
 * Invariant: a date that was read here is compared as exactly as the database wrote it; any other date by its
 * milliseconds, in favor of the caller.
 */

import { AuthError } from '../base/index.js'
import type { Tables } from './statement.js'
import { afterLocks } from './statement.js'

const setBack =
  'The clock of the database stands before the moment at which sessions of this user last ended. It was set back: ' +
  'nobody whose sessions ended after that can sign in until it has caught up.'

const exact = new WeakMap<Date, string>()

/** A timestamp as text of fixed width, in UTC with microseconds, so that texts sort like times. */
export function momentText(timestamp: string): string {
  return `to_char(${timestamp} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}

/** The date of such a text. It remembers the microseconds. */
export function toExactDate(moment: unknown): Date {
  const text = String(moment)
  const date = new Date(text)
  exact.set(date, text)
  return date
}

/** The two parameters of `stillProves`: the time, and whether it is exact. */
export function proofValues(date: Date | null): readonly [string | null, boolean] {
  if (date === null) return [null, false]
  const text = exact.get(date)
  // The caller changed the date, so they mean another time.
  const isExact = text !== undefined && new Date(text).getTime() === date.getTime()
  return [isExact ? text : date.toISOString(), isExact]
}

/**
 * Whether a proof is not older than the last time all sessions were ended; without a proof the host vouches.
 */
export function stillProves(proof: string, isExact: string): string {
  return `(${proof}::timestamptz is null or ${proof}::timestamptz >= case
      when ${isExact}::boolean then sessions_ended_at else date_trunc('milliseconds', sessions_ended_at) end)`
}

/**
 * Whether the clock is earlier than the last time all of the user's sessions were ended: a new session could
 * not be distinguished from the ended ones.
 */
export function isClockBehind(tables: Tables, userId: string): string {
  return `exists (select from ${tables.users} u where u.id = ${userId}::uuid and u.sessions_ended_at > ${afterLocks})`
}

/** The error for that case. The credentials are not wrong. */
export function clockBehind(): AuthError {
  return new AuthError('unavailable', {
    reason: 'database_clock_behind',
    retryAfterMs: 1000,
    cause: new Error(setBack),
  })
}
