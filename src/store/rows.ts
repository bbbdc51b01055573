/**
 * Which columns a record has in a statement, and what a row of them holds. Columns have the prefix of their
 * record, so that one row can contain several.
 */

import { columnOf, identityFields, sessionFields, userFields } from '../base/index.js'
import type { FieldKind, Fields } from '../base/index.js'
import type { Account } from '../core/index.js'
import { toJson } from './cells.js'
import { toIdentity, toUser } from './generated.js'
import type { Row } from './queryable.js'
import { writeTime } from './values.js'

export { toJson } from './cells.js'
export { toIdentity, toSession, toUser } from './generated.js'

const asIs = (column: string): string => column

// How a column is written, so that the readers get the same text from every driver.
const written: Readonly<Record<FieldKind, (column: string) => string>> = {
  id: asIs,
  text: asIs,
  flag: asIs,
  json: asIs,
  time: writeTime,
  words: (column) => `array_to_string(${column}, ',')`,
  ip: (column) => `host(${column})`,
}

/** The columns of a record as statements select them, from a table alias. */
export function columnsOf(record: string, fields: Fields): (from: string) => string {
  const columns = Object.entries(fields).map(([name, { kind }]) => ({ column: columnOf(name), kind }))
  return (from) =>
    columns
      .map(({ column, kind }) => `${written[kind](`${from}.${column}`)} as ${record}_${column}`)
      .join(', ')
}

/** The columns of a user, from the table alias `from`. */
export const userColumns = columnsOf('user', userFields)

/** The columns of an identity, from the table alias `from`. */
export const identityColumns = columnsOf('identity', identityFields)

/** The columns of a session, from the table alias `from`. */
export const sessionColumns = columnsOf('session', sessionFields)

/** The user and the identity of a row. */
export function toAccount(row: Row): Account {
  return { user: toUser(row), identity: toIdentity(row) }
}

/** The ids in a column that contains a JSON array. */
export function toIds(value: unknown): string[] {
  return toJson(value) as string[]
}
