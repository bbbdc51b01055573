/** The operations of hosts: those of `auth.accounts`, and those of each feature under its key. */

import { toCamelCase } from '../base/index.js'
import { createAccounts } from '../core/index.js'
import type { Accounts, Context } from '../core/index.js'
import type { Feature } from './feature.js'

/** All operations over one set of ports. */
export interface ComposedOperations {
  readonly accounts: Accounts
  /** The operations of features, by their keys. */
  readonly features: Readonly<Record<string, object>>
}

/** Composes the operations of these features over one set of ports. */
export function composeOperations(features: readonly Feature[], context: Context): ComposedOperations {
  const statementsOf = (id: string): unknown => context.store.features[id]
  const added = features.map(({ id, accounts }) => accounts?.(context, statementsOf(id)))
  const own = features.flatMap(({ id, operations }) =>
    operations === undefined ? [] : [[toCamelCase(id), operations(context, statementsOf(id))] as const],
  )
  return {
    accounts: Object.assign({}, createAccounts(context), ...added) as Accounts,
    features: Object.fromEntries(own),
  }
}
