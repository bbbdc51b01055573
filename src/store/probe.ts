/** Checks what a node needs to serve: can sessions be read, and does the server accept writes? */

import { sqlStateOf } from './faults.js'
import type { Database } from './queryable.js'
import { prepareUrgent, tablesOf } from './statement.js'

/** The result; `missing` when the tables of sessions don't match the query. */
export type Probed = 'writable' | 'read_only' | 'missing'

const undefinedTable = '42P01'
const undefinedColumn = '42703'

/** A check of one schema, as urgent as a session check. The returned function throws the driver's errors. */
export function createProbe(database: Database, schema: string): () => Promise<Probed> {
  const t = tablesOf(schema)
  // A session that does not exist, read like any other: whatever delays a session check delays this too.
  const { name, text, urgent } = prepareUrgent(
    'probe',
    `select not pg_catalog.pg_is_in_recovery() and pg_catalog.current_setting('transaction_read_only') = 'off'
        as writable,
      (select s.id from ${t.sessions} s join ${t.users} u on u.id = s.user_id
        where s.id = '00000000-0000-0000-0000-000000000000'::uuid) as nobody`,
  )
  return async () => {
    try {
      const { rows } = await database.query({ name, text, values: [], urgent })
      return rows[0]?.['writable'] === true ? 'writable' : 'read_only'
    } catch (error) {
      const state = sqlStateOf(error)
      if (state === undefinedTable || state === undefinedColumn) return 'missing'
      throw error
    }
  }
}
