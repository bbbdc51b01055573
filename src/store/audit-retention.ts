/**
 * How long audit rows are kept at least: one row in the database, which the trigger on the audit reads.
 *
 * Invariants: (1) only an explicit option changes it, so a command without options leaves it unchanged; (2) a
 * role without the privilege to change it gets an error that says what to run, and never serves with another
 * retention than configured.
 */

import { ConfigError } from '../base/index.js'
import { sqlStateOf, toAuthError } from './faults.js'
import { qualify } from './qualify.js'
import type { Database } from './queryable.js'
import { tablesOf } from './statement.js'

const insufficientPrivilege = '42501'

/**
 * Makes the database keep audit rows for `keepMs`; null leaves the setting unchanged.
 * @throws ConfigError when the database has another setting and this role may not change it
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
      `audit.keep: the database keeps audit rows for a different time, and this role may not change that. Run \`npx latchkey migrate\` with this option as the owner of the tables, or: update ${auditSettings} set keep_ms = ${String(keepMs)}.`,
    ])
  }
}
