/**
 * The live schema, read from the catalog in one query and compared with the one that the migrations make.
 *
 * Invariants: (1) PostgreSQL 15 and later and PGlite tell the same of the same schema; (2) only our tables are judged:
 * others may stand beside them, and an operator may add an index that is not unique.
 */

import { qualify } from './qualify.js'
import type { Database } from './queryable.js'

/** One line a thing: its key (such as `column users.name`) and what it is. */
export type SchemaDescription = Readonly<Record<string, string>>

// An operator may partition a big table: an index of it is then told as one of the table without its partitions.
const only = / ON ONLY /

// `$1` is the schema. Qualification by it is taken out of every definition.
const catalog = `
  with ours as (
    select c.oid, c.relname from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relkind in ('r', 'p')
  )
  select 'column ' || o.relname || '.' || a.attname as key,
    pg_catalog.format_type(a.atttypid, a.atttypmod)
      || case when a.attnotnull then ' not null' else '' end
      || case when a.attidentity <> '' then ' identity' else '' end
      || coalesce(' default ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') as definition
  from ours o
  join pg_catalog.pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  union all
  select 'constraint ' || o.relname || '.' || k.conname, pg_catalog.pg_get_constraintdef(k.oid)
  from ours o join pg_catalog.pg_constraint k on k.conrelid = o.oid and k.contype in ('p', 'u', 'f', 'c', 'x')
  union all
  select 'index ' || o.relname || '.' || i.relname, pg_catalog.pg_get_indexdef(x.indexrelid)
  from ours o
  join pg_catalog.pg_index x on x.indrelid = o.oid
  join pg_catalog.pg_class i on i.oid = x.indexrelid
  order by 1`

/** Everything that stands in a schema. */
export async function describeSchema(database: Database, schema: string): Promise<SchemaDescription> {
  const { rows } = await database.query({ text: qualify(catalog), values: [schema] })
  const qualified = new RegExp(`(?:"${schema}"|\\b${schema})\\.`, 'g')
  return Object.fromEntries(
    rows.map((row) => [
      row['key'] as string,
      (row['definition'] as string).replace(qualified, '').replace(only, ' ON '),
    ]),
  )
}

const tableOf = (key: string): string => key.slice(key.indexOf(' ') + 1, key.indexOf('.'))

/** How the live schema differs from the expected one, in sentences; none when it does not. */
export function compareSchemas(expected: SchemaDescription, live: SchemaDescription): string[] {
  const tables = new Set(Object.keys(expected).map(tableOf))
  const missing = Object.keys(expected).filter((key) => !(key in live))
  const changed = Object.keys(expected).filter((key) => key in live && live[key] !== expected[key])
  const added = Object.keys(live).filter(
    (key) => !(key in expected) && tables.has(tableOf(key)) && !isHarmless(key, live[key] as string),
  )
  return [
    ...missing.map((key) => `The ${key} is missing.`),
    ...changed.map((key) => `The ${key} is "${live[key]}" and should be "${expected[key]}".`),
    ...added.map((key) => `The ${key} is not of latchkey's making.`),
  ]
}

function isHarmless(key: string, definition: string): boolean {
  return key.startsWith('index ') && !definition.startsWith('CREATE UNIQUE')
}

/** How the live schema differs from the one of this version. */
export async function findDrift(database: Database, schema: string): Promise<string[]> {
  const { schema: expected } = await import('./migrations/generated.js')
  return compareSchemas(expected, await describeSchema(database, schema))
}
