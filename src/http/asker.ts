/** Who asks for, or tries, a secret of an address: known there or not. */

import type { Exchange } from './exchange.js'

/** What is known of who asks; `knownBrowser` only where this browser signed in to that address before. */
export async function askerAt(
  exchange: Exchange,
  to: { readonly type: 'email' | 'phone'; readonly value: string } | null,
): Promise<Exchange['asker']> {
  const { engine, asker, charged } = exchange
  const valueKey = to === null ? null : engine.addressKey(to.type, to.value)
  if (to === null || valueKey === null || charged.known === null) return asker
  const isKnown = await engine.gate.knows(charged.known, { type: to.type, valueKey })
  return isKnown ? { ...asker, knownBrowser: charged.known } : asker
}
