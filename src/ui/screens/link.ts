/** What the parked link of a browser would do. */

import type { MagicLinkRequest } from '../../core/index.js'
import type { Exchange, StepState } from '../../http/index.js'

/** What it would do, or null, and it is parked no longer, where it is wrong, late or used. Nothing is spent. */
export async function describeLink(
  exchange: Exchange,
  link: NonNullable<StepState['link']>,
): Promise<MagicLinkRequest | null> {
  const { accounts } = exchange
  const [current = '', previous] = exchange.flows()
  const look = (flow: string | undefined) => accounts.getMagicLinkRequest(link.token, link.type, { flow })
  const found = await look(current === '' ? undefined : current)
  const request = found?.sameFlow === false && previous !== undefined ? await look(previous) : found
  if (request === null) exchange.step.write({ link: undefined })
  return request
}
