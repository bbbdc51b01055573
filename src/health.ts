/** Whether an engine can serve: its database, its schema, and where its sessions are kept. */

import type { KeptSessions } from './core/index.js'
import type { SessionCacheState, SessionMemory } from './session-memory.js'
import type { Database } from './store/index.js'
import { findDrift, isMigratedAhead, pendingMigrations, toAuthError } from './store/index.js'

/** Whether the database answers and has the expected schema. */
export interface Health {
  readonly status: 'ok' | 'degraded' | 'unavailable'
  readonly database: 'postgres' | 'pglite'
  /** Names of migrations that are not applied. */
  readonly pending: readonly string[]
  /** How the schema differs from the expected one, in sentences. */
  readonly drift: readonly string[]
  /** `bypassed` while this node does not hear what the others say, and asks the database instead. */
  readonly sessionCache: SessionCacheState
}

/** What is looked at. */
export interface HealthParts {
  readonly database: Database
  readonly schema: string
  readonly kept: KeptSessions | undefined
  readonly memory: SessionMemory
}

async function look({ database, schema, kept }: HealthParts): Promise<Omit<Health, 'sessionCache'>> {
  try {
    if ((await kept?.isReachable()) === false)
      return { status: 'unavailable', database: database.kind, pending: [], drift: [] }
    // A release migrates first and replaces its nodes then: until their turn comes they are in service, and no judge of
    // a schema that they do not know.
    if (await isMigratedAhead(database, schema)) {
      return { status: 'ok', database: database.kind, pending: [], drift: [] }
    }
    const [pending, drift] = [await pendingMigrations(database, schema), await findDrift(database, schema)]
    const status = pending.length + drift.length === 0 ? 'ok' : 'degraded'
    return { status, database: database.kind, pending, drift }
  } catch (error) {
    if (toAuthError(error).code !== 'unavailable') throw error
    return { status: 'unavailable', database: database.kind, pending: [], drift: [] }
  }
}

/** A look at the health of an engine. */
export function createHealth(parts: HealthParts): () => Promise<Health> {
  return async () => ({ ...(await look(parts)), sessionCache: parts.memory.state() })
}
