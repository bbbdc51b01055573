/** What an adapter needs of `auth`, so that a wrapped or a tested one fits as well. */

import type { Duration } from '../base/index.js'
import { parseDuration } from '../base/index.js'
import type { Peer, Scope } from '../http/index.js'

/** What is served: `auth`, or anything that answers requests like it. */
export interface Answering {
  fetch(request: Request, peer?: Peer): Promise<Response>
}

/** What judges: `auth`, or anything that judges like it. */
export interface Guarding {
  requireScope(request: Request, options?: { readonly maxAge?: Duration | undefined }): Promise<Scope>
  problem(thrown: unknown): Promise<Response>
}

/** The duration itself. @throws TypeError where it is none, so that a guard is refused when it is made */
export function requireDuration(maxAge: Duration): Duration {
  if (parseDuration(maxAge) === null) throw new TypeError("maxAge: write a duration such as '10m'.")
  return maxAge
}
