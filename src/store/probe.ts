/** Asks the database what a node needs to serve: can sessions be read, and does the server take writes? */

import { sqlStateOf } from './faults.js'
import type { Database } from './queryable.js'
import { prepareUrgent, tablesOf } from './statement.js'

/** What was found; `missing` where the tables of sessions are not as they are read. */
export type Probed = 'writable' | 'read_only' | 'missing'

const undefinedTable = '42P01'
const undefinedColumn = '42703'

/** A look at one schema, as urgent as a session check. What it gives throws what the driver throws. */
export function createProbe(database: Database, schema: string): () => Promise<Probed> {
  const t = tablesOf(schema)
  // The session of nobody, read as a check reads it: what a check waits for, this waits for.
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
