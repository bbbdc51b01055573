/** The requester of a secret for an address: known there or not. */

import type { RequestContext } from './request-context.js'

/** The requester; `knownBrowser` is set only if this browser signed in with that address before. */
export async function requesterAt(
  context: RequestContext,
  to: { readonly type: 'email' | 'phone'; readonly value: string } | null,
): Promise<RequestContext['requester']> {
  const { engine, requester, limited } = context
  const valueKey = to === null ? null : engine.addressKey(to.type, to.value)
  if (to === null || valueKey === null || limited.known === null) return requester
  const isKnown = await engine.limiter.knows(limited.known, { type: to.type, valueKey })
  return isKnown ? { ...requester, knownBrowser: limited.known } : requester
}
