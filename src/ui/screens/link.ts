/** What the parked link of a browser would do. */

import type { MagicLinkRequest } from '../../core/index.js'
import type { Exchange, StepState } from '../../http/index.js'

/** What it would do, or null, and it is parked no longer, where it is wrong, late or used. Nothing is spent. */
export async function describeLink(
  exchange: Exchange,
  link: NonNullable<StepState['link']>,
): Promise<MagicLinkRequest | null> {
  const flow = exchange.knownFlow()
  const { accounts } = exchange
  const request = await accounts.getMagicLinkRequest(link.token, link.type, flow === null ? {} : { flow })
  if (request === null) exchange.step.write({ link: undefined })
  return request
}
