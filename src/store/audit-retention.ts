/**
 * How long rows of the audit are kept at least: one row in the database, which the trigger of the audit reads.
 *
 * Invariants: (1) only an option that was given changes it, so that a command without options leaves it as it is; (2) a
 * role that may not change it is refused with what to run, and never serves by another time than it was given.
 */

import { ConfigError } from '../base/index.js'
import { sqlStateOf, toAuthError } from './faults.js'
import { qualify } from './qualify.js'
import type { Database } from './queryable.js'
import { tablesOf } from './statement.js'

const insufficientPrivilege = '42501'

/**
 * Has the database keep rows of the audit for `keepMs`; null leaves that as it is.
 * @throws ConfigError where it keeps them for another time, and this role may not change that
 */
export async function settleAuditKeep(
  database: Database,
  schema: string,
  keepMs: number | null,
): Promise<void> {
  if (keepMs === null) return
  const { auditSettings } = tablesOf(schema)
  const ask = (text: string) => database.query({ text: qualify(text), values: [keepMs] })
  try {
    const { rows } = await ask(`select from ${auditSettings} where keep_ms = $1::bigint`)
    if (rows.length === 0) await ask(`update ${auditSettings} set keep_ms = $1::bigint`)
  } catch (error) {
    if (sqlStateOf(error) !== insufficientPrivilege) throw toAuthError(error)
    throw new ConfigError([
      `audit.keep: the database keeps the audit for another time, and this role may not change that. Run \`npx latchkey migrate\` with this option as the owner of the tables, or: update ${auditSettings} set keep_ms = ${String(keepMs)}.`,
    ])
  }
}
