/** What the parked link of a browser would do. */

import type { MagicLinkRequest } from '../../core/index.js'
import type { RequestContext, BrowserStateData } from '../../http/index.js'

/** What it would do, or null, and it is parked no longer, where it is wrong, late or used. Nothing is spent. */
export async function describeLink(
  context: RequestContext,
  link: NonNullable<BrowserStateData['link']>,
): Promise<MagicLinkRequest | null> {
  const { accounts } = context
  const [current = '', previous] = context.browserNames()
  const look = (flow: string | undefined) => accounts.getMagicLinkRequest(link.token, link.type, { flow })
  const found = await look(current === '' ? undefined : current)
  const request = found?.sameFlow === false && previous !== undefined ? await look(previous) : found
  if (request === null) context.browserState.write({ link: undefined })
  return request
}
