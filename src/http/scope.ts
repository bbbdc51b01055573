/** The scope of a request, as routes and hosts see it: whose request it is. */

import type { Session, User } from '../core/index.js'

/** The user and session of a request. */
export interface Scope {
  readonly user: User
  readonly session: Session
}
