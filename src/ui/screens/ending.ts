/** Builds the pages `signed-out` and `error`. */

import { AuthError } from '../../base/index.js'
import type { RequestContext } from '../../http/index.js'
import type { PageRenderer } from '../page-renderer.js'

/** The page `error`; `again` is where to request a new secret. */
export function showError(
  renderer: PageRenderer,
  context: RequestContext,
  error: AuthError,
  again: string = renderer.paths.signIn,
): Promise<Response> {
  const { code, retryAfterMs } = error
  const isGone = code === 'invalid_token' || code === 'confirmation_required'
  const contents = { code, retryAfterMs, requestId: context.requestId, again: isGone ? again : null }
  return renderer.show(context, 'error', contents, error)
}

/** The page `error` for a link that is wrong, expired or used. */
export function showGone(renderer: PageRenderer, context: RequestContext, again?: string): Promise<Response> {
  return showError(renderer, context, new AuthError('invalid_token'), again)
}

/** The page `signed-out`. */
export function showSignedOut(
  renderer: PageRenderer,
  context: RequestContext,
  { why }: { readonly why?: unknown },
): Promise<Response> {
  const told = why === 'ended' || why === 'deleted' ? why : 'asked'
  return renderer.show(context, 'signed-out', { why: told })
}
