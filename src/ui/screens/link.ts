/** Describes what the pending link of a browser will do. */

import type { MagicLinkRequest } from '../../core/index.js'
import type { LinkType, RequestContext } from '../../http/index.js'

/** The description. Returns null, and drops the link, if it is wrong, expired or used. It redeems nothing. */
export async function describeLink(
  context: RequestContext,
  link: { readonly type: Exclude<LinkType, 'session_end'>; readonly token: string },
): Promise<MagicLinkRequest | null> {
  const { accounts } = context
  const [current = '', previous] = context.browserNames()
  const look = (flow: string | undefined) => accounts.getMagicLinkRequest(link.token, link.type, { flow })
  const found = await look(current === '' ? undefined : current)
  const request = found?.sameFlow === false && previous !== undefined ? await look(previous) : found
  if (request === null) context.browserState.write({ link: undefined })
  return request
}
