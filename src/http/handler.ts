/**
 * The host's handler, which can replace the response of any action. It sees a generic error; the reason is
 * only in the audit log.
 */

import type { Context } from 'hono'
import type { AuthError } from '../base/index.js'
import type { Scope } from './scope.js'

/** The strategy and action of a response, such as `{ strategy: 'password', action: 'request' }`. */
export interface HandledAction {
  readonly strategy: string
  readonly action: string
}

type Replacement = Response | undefined | Promise<Response | undefined>

/**
 * Hooks that replace responses. If a hook returns nothing, the default response is used. Latchkey's cookies
 * are kept either way.
 */
export interface Handler {
  onSuccess?(event: HandledAction, scope: Scope | null, c: Context): Replacement
  onFailure?(event: HandledAction, error: AuthError, c: Context): Replacement
}
