/**
 * Statements: SQL texts that are built once per schema, named after their content, and run as prepared
 * statements.
 *
 * Invariants: (1) nothing is built per call; (2) one name never means two texts, so several schemas can share
 * a pool; (3) a value reaches SQL only as a parameter; (4) `qualify` qualifies every function, operator, type
 * and collation, so statements are written without prefixes here, and the search path is never used; syntax
 * without a qualified form (`between`, `like`, `is distinct from`, `nullif`, `case x when`) is refused
 * immediately.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import type { EventReason, EventType } from '../core/index.js'
import { actorColumns, actorRelation, attribute, isLogging } from './attribution.js'
import { qualify } from './qualify.js'

/** A statement text with its name. */
export interface Prepared {
  readonly name: string
  readonly text: string
  /** Whether it goes before those that are not urgent. */
  readonly urgent: boolean
  /** Whether it writes to the audit: then its last parameter is the actor, which the runner appends. */
  readonly logs: boolean
}

/** The database's clock when the statement begins: used for expiry, also in a long transaction. */
export const now = 'statement_timestamp()'

/** The same clock, read after every lock is held: used to mark the end of sessions. */
export const afterLocks = 'clock_timestamp()'

const collecting = new AsyncLocalStorage<Prepared[]>()

/** The statements that `work` prepares, by name; for operators who want to read what runs. */
export async function collectStatements(work: () => Promise<unknown>): Promise<readonly Prepared[]> {
  const collected: Prepared[] = []
  await collecting.run(collected, work)
  return collected.sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** Prepares the statement of this text. The name contains a digest, so that it changes with the text. */
export function prepare(name: string, plain: string): Prepared {
  const logs = isLogging(plain)
  const text = qualify(logs ? attribute(plain) : plain)
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12)
  const prepared = { name: `latchkey_${name}_${digest}`, text, urgent: false, logs }
  collecting.getStore()?.push(prepared)
  return prepared
}

/** Prepares the statement of this text, to go before all that are not urgent. */
export function prepareUrgent(name: string, text: string): Prepared {
  return { ...prepare(name, text), urgent: true }
}

/** A parameter in milliseconds as an interval. */
export function milliseconds(parameter: string): string {
  return `(${parameter}::float8 * interval '1 millisecond')`
}

/** Whether the row of this alias was made with one of the key versions in a comma-separated parameter. */
export function isReadable(alias: string, parameter: string): string {
  return `${alias}.key_version = any (string_to_array(${parameter}::text, ',')::integer[])`
}

/** The tables of a schema, quoted. The name was validated when the options were read. */
export function tablesOf(schema: string) {
  const table = (name: string): string => `"${schema}".${name}`
  const digest = createHash('sha256').update(schema).digest('hex').slice(0, 12)
  return {
    /** A table of a feature. */
    of: table,
    users: table('users'),
    passwords: table('passwords'),
    identities: table('identities'),
    sessions: table('sessions'),
    verifications: table('verifications'),
    outbox: table('outbox'),
    attempts: table('attempts'),
    knownBrowsers: table('known_browsers'),
    spent: table('spent'),
    audit: table('audit'),
    auditSettings: table('audit_settings'),
    /** The channel on which queued messages are announced. */
    channel: `latchkey_outbox_${digest}`,
    /** The channel on which ended and changed sessions and users are announced. */
    revocations: `latchkey_revocations_${digest}`,
  }
}

/** The tables of one schema. */
export type Tables = ReturnType<typeof tablesOf>

/** The contents of one audit row, as SQL expressions over the rows of `from`. */
export interface AuditRow {
  readonly event: EventType
  readonly from: string
  readonly user?: string
  readonly identity?: string
  readonly session?: string
  readonly ip?: string
  /** Why it failed: a reason in quotes, or the column of a relation that holds one. */
  readonly failure?: `'${EventReason}'` | `${string}.reason` | 'subject'
  /** The purpose of a verification. */
  readonly purpose?: string
  /** The digest of the address that it is about. */
  readonly addressMac?: string
}

/**
 * An insertion into the audit for each row of `from`. The actor comes from the runner, which announces each
 * inserted row.
 */
export function audit(tables: Tables, row: AuditRow): string {
  const outcome = row.failure === undefined ? 'success' : 'failure'
  const detail = row.purpose === undefined ? 'null::jsonb' : `jsonb_build_object('purpose', ${row.purpose})`
  const ip = row.ip === undefined ? 'actor_ip' : `coalesce(${row.ip}, actor_ip)`
  return `insert into ${tables.audit} (event, user_id, identity_id, session_id, ip, outcome, reason, created_at,
      user_agent, detail, address_mac, ${actorColumns})
    select '${row.event}', ${row.user ?? 'null::uuid'}, ${row.identity ?? 'null::uuid'}, ${row.session ?? 'null::uuid'},
      ${ip}, '${outcome}', ${row.failure ?? 'null::text'}, ${now}, actor_user_agent, ${detail}, ${row.addressMac ?? 'null::bytea'}, ${actorColumns}
    from ${actorRelation}, ${row.from}
    returning id, event, user_id, identity_id, session_id, reason`
}
