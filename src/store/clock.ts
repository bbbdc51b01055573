/** Reads the database's clock once. */

import { qualify } from './qualify.js'
import type { Queryable } from './queryable.js'
import { now } from './statement.js'
import { toInteger } from './values.js'

const reading = qualify(`select (extract(epoch from ${now}) * 1000)::bigint::text as read_ms`)

/** Milliseconds since the epoch, by the database's clock. */
export async function readClock(database: Queryable): Promise<number> {
  const { rows } = await database.query({ text: reading, values: [] })
  return toInteger(rows[0]?.['read_ms'])
}
