/** What the pages `signed-out` and `error` show. */

import { AuthError } from '../../base/index.js'
import type { Exchange } from '../../http/index.js'
import type { Desk } from '../desk.js'

/** The page `error`; `again` leads to where a secret that is gone can be asked for. */
export function showError(
  desk: Desk,
  exchange: Exchange,
  error: AuthError,
  again: string = desk.paths.signIn,
): Promise<Response> {
  const { code, retryAfterMs } = error
  const isGone = code === 'invalid_token' || code === 'confirmation_required'
  const contents = { code, retryAfterMs, requestId: exchange.requestId, again: isGone ? again : null }
  return desk.show(exchange, 'error', contents, error)
}

/** The page `error` for a link that is wrong, late or used. */
export function showGone(desk: Desk, exchange: Exchange, again?: string): Promise<Response> {
  return showError(desk, exchange, new AuthError('invalid_token'), again)
}

/** The page `signed-out`. */
export function showSignedOut(
  desk: Desk,
  exchange: Exchange,
  { why }: { readonly why?: unknown },
): Promise<Response> {
  const told = why === 'ended' || why === 'deleted' ? why : 'asked'
  return desk.show(exchange, 'signed-out', { why: told })
}
