/**
 * Whether an engine can serve: reading and writing by themselves, its schema, and where its sessions are kept.
 *
 * Invariants: (1) it answers within seconds, whatever hangs; (2) what is judged of reading is what a session check needs,
 * so a lock on a table that no check reads takes no node out of rotation; (3) a server that takes no writes is not
 * ready; (4) looks at the schema never pile up: there is one at a time, and while it is held up the last one counts.
 */

import { withTimeLimit } from '../base/index.js'
import type { OpenedSessionBackend } from '../core/index.js'
import type { SessionCacheState, SessionMemory } from './session-memory.js'
import type { Database, Probed } from '../store/index.js'
import { createProbe, findDrift, isMigratedAhead, pendingMigrations, toAuthError } from '../store/index.js'

/** Whether the database answers and has the expected schema. */
export interface Health {
  /** `unavailable` where reading or writing is, and on a node that is about to end; `degraded` by its schema. */
  readonly status: 'ok' | 'degraded' | 'unavailable'
  readonly database: 'postgres' | 'pglite'
  /** Whether sessions can be checked. */
  readonly reading: 'ok' | 'unavailable'
  /** Whether anything can be written: `read_only` on a standby, and on a server that was made read-only. */
  readonly writing: 'ok' | 'read_only' | 'unavailable'
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

// Where the sessions are kept elsewhere and can't be reached, nobody can be served either.
async function isReachable({ sessionBackend }: HealthParts): Promise<boolean> {
  return sessionBackend === undefined || sessionBackend.isReachable().catch(() => false)
}

async function lookAtSchema({ database, schema }: HealthParts): Promise<SchemaState> {
  // A release migrates first and replaces its nodes then: until their turn comes they are in service, and no judge of
  // a schema that they do not know.
  if (await isMigratedAhead(database, schema)) return asExpected
  const pending = await pendingMigrations(database, schema)
  return { pending, drift: await findDrift(database, schema) }
}

/** A look at the health of an engine. `retire` has it say `unavailable` from then on. */
export function createHealth(parts: HealthParts): { look(): Promise<Health>; retire(): void } {
  const { database, schema, memory } = parts
  const probe = createProbe(database, schema)
  let retired = false
  // How it was at the start is judged there.
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
