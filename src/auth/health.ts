/**
 * Whether an `Auth` can serve requests: reading and writing separately, its schema, and its session backend.
 *
 * Invariants: (1) it answers within seconds, even if the database hangs; (2) reading is judged by what a
 * session check needs, so a lock on an unrelated table takes no node out of rotation; (3) a server that
 * accepts no writes is not ready; (4) schema checks never pile up: one runs at a time, and while it is
 * delayed the previous result is used.
 */

import { withTimeLimit } from '../base/index.js'
import type { OpenedSessionBackend } from '../core/index.js'
import type { SessionCacheState, SessionMemory } from './session-memory.js'
import type { Database, Probed } from '../store/index.js'
import { createProbe, findDrift, isMigratedAhead, pendingMigrations, toAuthError } from '../store/index.js'

/** The health of this node and its database. */
export interface Health {
  /**
   * `unavailable` if reading or writing is, or after `retire()`; `degraded` if the schema is not the expected
   * one.
   */
  readonly status: 'ok' | 'degraded' | 'unavailable'
  readonly database: 'postgres' | 'pglite'
  /** Whether sessions can be checked. */
  readonly reading: 'ok' | 'unavailable'
  /** Whether anything can be written: `read_only` on a standby or on a read-only server. */
  readonly writing: 'ok' | 'read_only' | 'unavailable'
  /** The names of missing migrations. */
  readonly pending: readonly string[]
  /** How the schema differs from the expected one, in sentences. */
  readonly drift: readonly string[]
  /**
   * `bypassed` while this node receives no signals from the others and checks sessions in the database
   * instead.
   */
  readonly sessionCache: SessionCacheState
}

/** The parts whose health is checked. */
export interface HealthParts {
  readonly database: Database
  readonly schema: string
  readonly sessionBackend: OpenedSessionBackend | undefined
  readonly memory: SessionMemory
}

type Access = Pick<Health, 'reading' | 'writing'>
type SchemaState = Pick<Health, 'pending' | 'drift'>

const accessLimitMs = 2_000
const schemaLimitMs = 1_000
const asExpected: SchemaState = { pending: [], drift: [] }
const accessOf: Readonly<Record<Probed | 'absent', Access>> = {
  writable: { reading: 'ok', writing: 'ok' },
  read_only: { reading: 'ok', writing: 'read_only' },
  missing: { reading: 'unavailable', writing: 'unavailable' },
  absent: { reading: 'unavailable', writing: 'unavailable' },
}

function unlessAbsent<T>(error: unknown, instead: T): T {
  if (toAuthError(error).code !== 'unavailable') throw error
  return instead
}

// If sessions are stored in another backend and it can't be reached, nobody can be served.
async function isReachable({ sessionBackend }: HealthParts): Promise<boolean> {
  return sessionBackend === undefined || sessionBackend.isReachable().catch(() => false)
}

async function lookAtSchema({ database, schema }: HealthParts): Promise<SchemaState> {
  // A release migrates first and then replaces its nodes. Until then, old nodes stay in service and can't
  // judge a schema that they don't know.
  if (await isMigratedAhead(database, schema)) return asExpected
  const pending = await pendingMigrations(database, schema)
  return { pending, drift: await findDrift(database, schema) }
}

/** Checks health. After `retire`, it reports `unavailable`. */
export function createHealth(parts: HealthParts): { look(): Promise<Health>; retire(): void } {
  const { database, schema, memory } = parts
  const probe = createProbe(database, schema)
  let retired = false
  // The schema was checked at startup.
  let known = asExpected
  let looking: Promise<SchemaState> | undefined

  async function lookAtAccess(): Promise<Probed | 'absent'> {
    const probed = probe().catch((error: unknown) => unlessAbsent(error, 'absent' as const))
    const [reachable, found] = await Promise.all([
      withTimeLimit(isReachable(parts), accessLimitMs, false),
      withTimeLimit(probed, accessLimitMs, 'absent' as const),
    ])
    return reachable ? found : 'absent'
  }

  function judgeSchema(): Promise<SchemaState> {
    looking ??= lookAtSchema(parts)
      .then(
        (found) => (known = found),
        (error: unknown) => unlessAbsent(error, known),
      )
      .finally(() => (looking = undefined))
    return withTimeLimit(looking, schemaLimitMs, known)
  }

  return {
    async look() {
      const found = await lookAtAccess()
      const state = found === 'writable' || found === 'missing' ? await judgeSchema() : asExpected
      const differs = state.pending.length + state.drift.length > 0
      const serves = !retired && (found === 'writable' || differs)
      return {
        status: !serves ? 'unavailable' : differs ? 'degraded' : 'ok',
        database: database.kind,
        ...accessOf[found],
        ...state,
        sessionCache: memory.state(),
      }
    },

    retire() {
      retired = true
    },
  }
}
