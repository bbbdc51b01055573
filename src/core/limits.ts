/**
 * The port for limits: how often something may be attempted. `store/limits.ts` counts in the database; HTTP
 * decides which request counts against which limit.
 */

import type { LimitName } from '../base/index.js'

/** One limit that a request counts against. */
export interface Limit {
  /** The name of the limit. */
  readonly name: LimitName
  /** What the limit applies to: a normalized address, a network, a user's id. */
  readonly subject: string
  /** How many within `windowMs`, which starts at the first one. */
  readonly max: number
  readonly windowMs: number
  /**
   * What happens above the limit: `refuse` it, require a toll, or only report it in the verdict. Default:
   * `refuse`.
   */
  readonly beyond?: 'refuse' | 'toll' | 'tell'
  /** The pause after a wrong attempt; each further one doubles it, up to `maxPauseMs` if that is set. */
  readonly pauseMs?: number
  readonly maxPauseMs?: number
  /** How many wrong attempts cause no pause. Default: 0. */
  readonly free?: number
}

/** What pays a toll, once. */
export interface TollPayment {
  readonly id: Uint8Array
  /** Valid from and until, by the database's clock. */
  readonly from: Date
  readonly until: Date
  /** How many units of work it is worth. */
  readonly work: number
}

/** Whether the attempt is within all limits. If not, it is counted against none. */
export interface LimitVerdict {
  readonly allowed: boolean
  /** Until the refusing limit allows an attempt again; 0 when none refused. With several, the longest. */
  readonly retryAfterMs: number
  /** The name of the limit that refused. */
  readonly refused: LimitName | null
  /** Which tolls are due, paid or not, and how many times its limit each subject has used. */
  readonly owed: { readonly limits: readonly LimitName[]; readonly times: number } | null
  /** Limits of the kind `tell`: which were already exceeded, and which this attempt used up. */
  readonly exceeded: readonly LimitName[]
  readonly last: readonly LimitName[]
  /** The database's time. */
  readonly judgedAt: Date
}

/** Options for counting an attempt. */
export interface LimitOptions {
  /** A UUID that identifies the attempt, so that it can be undone. */
  readonly id?: string | null
  /** What pays a toll, if one is due. */
  readonly payment?: TollPayment | null
}

/** The requester: the name of their browser, and the normalized address, if the request is about one. */
export interface LimitRequester {
  readonly browser: string | null
  readonly address: { readonly type: string; readonly valueKey: string } | null
  /** Identifies the attempt, as in `LimitOptions`. */
  readonly id?: string | null
}

/** What is known about the requester. Used only for limits. */
export interface KnownRequester {
  /** Whether the browser is known to the user who verified the address; without an address, to any user. */
  readonly known: boolean
  /** The user who verified the address. */
  readonly userId: string | null
}

/** A wrong secret. */
export interface FailedAttempt {
  /** The limits of the attempt that have a pause. */
  readonly limits: readonly Limit[]
  readonly browser: string | null
  /** Whose secret was attempted; null when there is no such user or the browser is unknown. */
  readonly userId: string | null
}

/** The limits of one schema. */
export interface LimitStore {
  /**
   * Counts an attempt against all limits or none, in one statement. Two entries with the same limit and
   * subject count once.
   * @throws AuthError `unavailable`
   */
  take(limits: readonly Limit[], how?: LimitOptions): Promise<LimitVerdict>
  /** Counts against networks and looks up the requester. Runs the same statement for every address. */
  admit(limits: readonly Limit[], asked: LimitRequester): Promise<LimitVerdict & KnownRequester>
  /** Takes back the count of an attempt that turned out right, and ends the pause that it started. */
  refund(limits: readonly Limit[]): Promise<void>
  /** Takes back an attempt that may or may not have been counted, unless another one was counted since. */
  undo(limits: readonly Limit[], id: string): Promise<void>
  /** Starts the pauses that follow a wrong secret, and counts it against the browser. */
  miss(miss: FailedAttempt): Promise<void>
  /** Whether the browser with this name is known to the user who verified this address. */
  knows(browser: string, address: { readonly type: string; readonly valueKey: string }): Promise<boolean>
  /** Records that a limit was reached, at most once a minute per limit. Returns whether it was recorded. */
  reached(limit: LimitName): Promise<boolean>
  /** Records that a password no longer works from unknown browsers, and queues a notice to its owner. */
  closed(userId: string): Promise<void>
}
