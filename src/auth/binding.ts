/** Connects the stores of one `Auth` to its database or to a transaction, and to its session backend. */

import type { OpenedSessionBackend, Store } from '../core/index.js'
import type { Settings } from './settings.js'
import type { Queryable, RunnerScope } from '../store/index.js'
import { prepareLedger, prepareStore } from '../store/index.js'

/**
 * Creates a function that returns the store for a database or a transaction, including the session backend.
 */
export function createBinding(settings: Settings, sessionBackend: OpenedSessionBackend | undefined) {
  const bindStore = prepareStore(settings)
  const bindLedger = prepareLedger(settings.schema)

  return (queryable: Queryable, scope: RunnerScope): Store => {
    const store = bindStore(queryable, scope)
    if (sessionBackend === undefined) return store
    return sessionBackend.over({
      store,
      ledger: bindLedger(queryable, scope),
      inTransaction: scope.inTransaction,
    })
  }
}
