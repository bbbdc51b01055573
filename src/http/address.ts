/** An address as it was typed, and how to find it in a form. */

import type { StrategyField, StrategyInput } from '../strategies/index.js'

/** An address as it was typed. */
export interface Address {
  readonly type: 'email' | 'phone'
  readonly value: string
}

/** The first address among the fields of a strategy: its secret is sent there, or its password is checked. */
export function addressIn(fields: readonly StrategyField[], input: StrategyInput): Address | null {
  for (const { name, type } of fields) {
    if (type === 'email' || type === 'phone') return { type, value: input[name] ?? '' }
  }
  return null
}
