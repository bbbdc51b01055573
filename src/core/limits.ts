/**
 * The port of limits: how often something may be tried. `store/limits.ts` counts in the database; HTTP decides what is
 * charged to which limit.
 */

/** One limit that a request is charged to. */
export interface Limit {
  /** The name of the limit. */
  readonly name: string
  /** Whose: an address as it is compared, a network, a user's id. */
  readonly subject: string
  /** How many within `windowMs`, which begins at the first. */
  readonly max: number
  readonly windowMs: number
  /** What happens beyond it: a refusal, a toll, or nothing but that the verdict says so. Default: `refuse`. */
  readonly beyond?: 'refuse' | 'toll' | 'tell'
  /** The wait after a miss; each further one doubles it up to `maxPauseMs` when that is given. */
  readonly pauseMs?: number
  readonly maxPauseMs?: number
  /** How many misses are followed by no pause. Default: 0. */
  readonly free?: number
}

/** What pays a toll, once. */
export interface TollPayment {
  readonly id: Uint8Array
  /** It is good from then on, and until then, by the database's clock. */
  readonly from: Date
  readonly until: Date
  /** For how many units of work it stands. */
  readonly work: number
}

/** Whether all charges fit. When one does not, none is counted. */
export interface LimitVerdict {
  readonly allowed: boolean
  /** Until the refusing limit has room again; 0 when none refused. Of several, the one that takes longest. */
  readonly retryAfterMs: number
  /** The name of the limit that refused. */
  readonly refused: string | null
  /** Which tolls are due, paid or not, and how many times the limit their subjects have taken. */
  readonly owed: { readonly limits: readonly string[]; readonly times: number } | null
  /** Limits of the kind `tell`: those that were exceeded already, and those of which this was the last. */
  readonly exceeded: readonly string[]
  readonly last: readonly string[]
  /** The database's time. */
  readonly judgedAt: Date
}

/** How something is charged. */
export interface LimitOptions {
  /** A UUID that names the charge, to undo it by. */
  readonly id?: string | null
  /** What pays a toll, if one is due. */
  readonly payment?: TollPayment | null
}

/** Who asks: from a browser of this name, and about an address as it is compared, where there is one. */
export interface LimitRequester {
  readonly browser: string | null
  readonly address: { readonly type: string; readonly valueKey: string } | null
  /** Names the attempt, as in `LimitOptions`. */
  readonly id?: string | null
}

/** What is known of who asks; for limits alone. */
export interface KnownRequester {
  /** Whether the browser is known to whoever proved the address; without an address, to anybody. */
  readonly known: boolean
  /** Who proved the address. */
  readonly userId: string | null
}

/** A wrong secret. */
export interface FailedAttempt {
  /** Those of its charges that a pause follows. */
  readonly limits: readonly Limit[]
  readonly browser: string | null
  /** Whose secret was guessed; null where that is nobody, or where the browser is unknown. */
  readonly userId: string | null
}

/** The limits of one schema. */
export interface LimitStore {
  /**
   * Charges all or none, in one statement. Two charges of one limit and subject are one.
   * @throws AuthError `unavailable`
   */
  take(limits: readonly Limit[], how?: LimitOptions): Promise<LimitVerdict>
  /** Charges networks, and looks who asks; the same statement for every address. */
  admit(limits: readonly Limit[], asked: LimitRequester): Promise<LimitVerdict & KnownRequester>
  /** Gives back what was taken for something that turned out right, and ends the pause that it began. */
  refund(limits: readonly Limit[]): Promise<void>
  /** Gives back a charge of which it is unknown whether it was counted, unless something was charged since. */
  undo(limits: readonly Limit[], id: string): Promise<void>
  /** Begins the pauses that follow a wrong secret, and counts it against the browser. */
  miss(miss: FailedAttempt): Promise<void>
  /** Whether the browser of this name is known to whoever proved this address. */
  knows(browser: string, address: { readonly type: string; readonly valueKey: string }): Promise<boolean>
  /** Writes that a limit was reached, once a minute for each; whether this was that time. */
  reached(limit: string): Promise<boolean>
  /** Writes that a password opens nothing any more from unknown browsers, and queues a notice to its owner. */
  closed(userId: string): Promise<void>
}
