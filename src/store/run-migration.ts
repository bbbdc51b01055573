/** Runs the text of one migration in its transaction, where its unqualified names mean the tables of the schema. */

import type { TransactionHandle } from './queryable.js'

export async function runMigration(tx: TransactionHandle, schema: string, sql: string): Promise<void> {
  // Without `pg_temp` at its end, the path would begin with the temporary tables and types of this connection.
  await tx.run(`set local search_path = "${schema}", pg_temp; set local check_function_bodies = off; ${sql}`)
}
