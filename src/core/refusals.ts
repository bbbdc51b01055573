/** Refused requests, as the audit log records them. */

import type { RefusalReason } from '../base/index.js'
import type { Actor } from './actor.js'

/** A refused request. */
export interface Refusal {
  /**
   * Why, as in `AuthError.reason`: a limit, a forged origin or form, or a sign-in that is not recent enough.
   */
  readonly reason: RefusalReason
  /** A network or a user id. Its refusals are recorded at most once a minute. */
  readonly subject: string
}

/** Where refused requests are recorded. */
export interface Refusals {
  /**
   * Records the refusal, at most once a minute for each reason and subject. Returns whether it was recorded.
   */
  record(refusal: Refusal, actor: Actor): Promise<boolean>
}
