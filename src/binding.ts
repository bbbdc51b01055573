/** Binds the stores of one engine to its database or to a transaction, with their sessions where they are kept. */

import type { KeptSessions, LedgerScope, Store } from './core/index.js'
import type { Settings } from './settings.js'
import type { Database, Queryable } from './store/index.js'
import { prepareLedger, prepareStore, toAuthError } from './store/index.js'

/** Stores on the database, or on a transaction, with their sessions where they are kept. */
export function createBinding(settings: Settings, database: Database, kept: KeptSessions | undefined) {
  const bindStore = prepareStore(settings)
  const bindLedger = prepareLedger(settings.schema)
  const scopeOf = (queryable: Queryable, inTransaction: boolean): LedgerScope => ({
    store: bindStore(queryable, inTransaction),
    ledger: bindLedger(queryable, inTransaction),
  })

  return (queryable: Queryable, inTransaction: boolean): Store => {
    if (kept === undefined) return bindStore(queryable, inTransaction)
    const scope = scopeOf(queryable, inTransaction)
    return kept.over({
      ...scope,
      inTransaction,
      async atomically(work) {
        if (inTransaction) return work(scope)
        try {
          return await database.transaction((tx) => work(scopeOf(tx, true)))
        } catch (error) {
          throw toAuthError(error)
        }
      },
    })
  }
}
