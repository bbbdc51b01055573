/** Binds the stores of one engine to its database or to a transaction, with their sessions where they are kept. */

import type { KeptSessions, LedgerScope, Store } from './core/index.js'
import type { Settings } from './settings.js'
import type { Database, Queryable, RunnerScope } from './store/index.js'
import { prepareLedger, prepareStore, toAuthError } from './store/index.js'

/** Stores on the database, or on a transaction, with their sessions where they are kept. */
export function createBinding(settings: Settings, database: Database, kept: KeptSessions | undefined) {
  const bindStore = prepareStore(settings)
  const bindLedger = prepareLedger(settings.schema)
  const ledgerScope = (queryable: Queryable, scope: RunnerScope): LedgerScope => ({
    store: bindStore(queryable, scope),
    ledger: bindLedger(queryable, scope),
  })

  return (queryable: Queryable, scope: RunnerScope): Store => {
    if (kept === undefined) return bindStore(queryable, scope)
    const { inTransaction } = scope
    const beside = ledgerScope(queryable, scope)
    return kept.over({
      ...beside,
      inTransaction,
      async atomically(work) {
        if (inTransaction) return work(beside)
        try {
          return await database.transaction((tx) => work(ledgerScope(tx, { ...scope, inTransaction: true })))
        } catch (error) {
          throw toAuthError(error)
        }
      },
    })
  }
}
