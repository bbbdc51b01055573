/** Budgets of requests, shared by all nodes through the database. */

/** One budget that a request is charged to. */
export interface Charge {
  /** The name of the budget. */
  readonly budget: string
  /** Whose budget: an address as it is compared, a network, a user's id. */
  readonly subject: string
  /** How many within `windowMs`. */
  readonly limit: number
  readonly windowMs: number
  /** The least time between two; each further one doubles it up to `mostPauseMs` when that is given. */
  readonly pauseMs?: number
  readonly mostPauseMs?: number
  /** How many go without a pause. Default: 0. */
  readonly free?: number
}

/** Whether all charges fit. When one does not, none is counted. */
export interface Verdict {
  readonly allowed: boolean
  /** Until the refusing budget has room again; 0 when allowed. */
  readonly retryAfterMs: number
  /** The name of the budget that refused. */
  readonly refused: string | null
}

/** The budgets of one schema. */
export interface Limits {
  /** Charges all or none, in one statement. */
  take(charges: readonly Charge[]): Promise<Verdict>
  /** Gives back what was taken for something that turned out right. */
  refund(charges: readonly Charge[]): Promise<void>
  /** Whether this browser (a hash of its flow) signed in to this address before; the answer is for budgets alone. */
  knows(address: string, browser: string): Promise<boolean>
  /** Remembers a browser that signed in, for 90 days. */
  remember(address: string, browser: string): Promise<void>
}
