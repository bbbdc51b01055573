/** Requests that were refused before anything was done for them, as the audit records them. */

import type { Actor } from './actor.js'

/** A refused request. */
export interface Refusal {
  /** Why, as in `AuthError.reason`: a limit, a forged origin or form, or a sign-in that is not fresh. */
  readonly reason: string
  /** Whose requests are recorded once a minute at most: a network, or the id of a user. */
  readonly subject: string
}

/** Where refused requests are recorded. */
export interface Refusals {
  /** Writes the refusal, once a minute at most for each reason and subject; whether this was that time. */
  record(refusal: Refusal, actor: Actor): Promise<boolean>
}
