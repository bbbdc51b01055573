/** The host's handler: it may replace the answer of any action. It sees a generic error; the reason goes to the audit. */

import type { Context } from 'hono'
import type { AuthError } from '../base/index.js'
import type { Scope } from './scope.js'

/** Which action of which strategy an answer belongs to, such as `{ strategy: 'password', action: 'request' }`. */
export interface HandledAction {
  readonly strategy: string
  readonly action: string
}

type Replacement = Response | undefined | Promise<Response | undefined>

/** Replaces answers; what returns nothing leaves the default one. Cookies of the engine are kept either way. */
export interface Handler {
  onSuccess?(event: HandledAction, scope: Scope | null, c: Context): Replacement
  onFailure?(event: HandledAction, error: AuthError, c: Context): Replacement
}
