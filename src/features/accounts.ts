/** The operations of `auth.accounts`: the kernel's, and those of features. */

import { createAccounts } from '../core/index.js'
import type { Accounts, Context } from '../core/index.js'
import type { Feature } from './feature.js'

/** Composes the operations of these features over one set of ports. */
export function composeAccounts(features: readonly Feature[], context: Context): Accounts {
  const added = features.map(({ id, accounts }) => accounts?.(context, context.store.features[id]))
  return Object.assign({}, createAccounts(context), ...added) as Accounts
}
