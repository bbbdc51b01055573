/** An address as it was typed, and where a form has one. */

import type { StrategyField, StrategyInput } from '../strategies/index.js'

/** An address as it was typed. */
export interface Address {
  readonly type: 'email' | 'phone'
  readonly value: string
}

/** The first address among the fields of a strategy: where its secret is sent, or whose password it asks for. */
export function addressIn(fields: readonly StrategyField[], input: StrategyInput): Address | null {
  for (const { name, type } of fields) {
    if (type === 'email' || type === 'phone') return { type, value: input[name] ?? '' }
  }
  return null
}
