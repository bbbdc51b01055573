/** The parts of `auth` that an adapter needs, so that a wrapper or a test double works too. */

import type { Duration } from '../base/index.js'
import { parseDuration } from '../base/index.js'
import type { Peer, Scope } from '../http/index.js'

/** Answers requests: `auth`, or an object with the same method. */
export interface Answering {
  fetch(request: Request, peer?: Peer): Promise<Response>
}

/** Checks requests: `auth`, or an object with the same methods. */
export interface Guarding {
  requireScope(request: Request, options?: { readonly maxAge?: Duration | undefined }): Promise<Scope>
  problem(thrown: unknown): Promise<Response>
}

/**
 * Returns the duration.
 * @throws TypeError if it is not one, so that a wrong guard fails when it is created
 */
export function requireDuration(maxAge: Duration): Duration {
  if (parseDuration(maxAge) === null) throw new TypeError("maxAge: write a duration such as '10m'.")
  return maxAge
}
