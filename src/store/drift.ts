/**
 * How a live schema differs from the one that the migrations create, in sentences for an operator, with a
 * statement that fixes it if there is one.
 *
 * Invariants: (1) only our tables are checked: others may exist next to them; (2) an operator may add an
 * index that is not unique, and triggers that run after a statement or once per statement: they don't change
 * rows that our statements write.
 */

import type { SchemaDescription } from './introspect.js'
import { describeSchema } from './introspect.js'
import type { Database } from './queryable.js'

interface Part {
  readonly kind: string
  readonly table: string
  readonly name: string
}

// A key is `kind table.name`; the kind may have several words, and the name several parts.
function partOf(key: string): Part {
  const dot = key.indexOf('.')
  const space = key.lastIndexOf(' ', dot)
  return { kind: key.slice(0, space), table: key.slice(space + 1, dot), name: key.slice(dot + 1) }
}

function isHarmless(key: string, definition: string): boolean {
  const { kind, name } = partOf(key)
  // A function is listed with its trigger, and a disabled trigger does nothing.
  if (kind === 'function' || kind === 'statement trigger') return true
  if (kind === 'trigger') return definition.endsWith(', disabled')
  if (kind !== 'index') return false
  // The temporary index that `reindex index concurrently` creates, until it replaces the original.
  const isReindexed = /_cc(?:new|old)\d*$/.test(name) && definition.endsWith(', invalid')
  return isReindexed || !definition.startsWith('CREATE UNIQUE')
}

function describeMissing(key: string, expected: string): string {
  const { kind } = partOf(key)
  const missing = `The ${key} is missing.`
  if (!kind.endsWith('trigger')) return missing
  return `${missing} Without it, audit rows can be changed. As the owner of the table, with the search path set to its schema, run: ${expected}.`
}

function mendChanged(key: string, live: string): string {
  const { kind, table, name } = partOf(key)
  if (live.endsWith(', disabled')) return ` Run: alter table ${table} enable trigger ${name}.`
  if (live.endsWith(', invalid')) return ` Run: reindex index concurrently ${name}.`
  if (live.endsWith(' NOT VALID')) return ` Run: alter table ${table} validate constraint ${name}.`
  if (kind === 'function') return ' Recreate it as in the newest migration that defines it.'
  return ''
}

// Objects that change the meaning of statements, by kind.
const foreign: Readonly<Record<string, (part: Part) => string>> = {
  trigger: ({ table, name }) =>
    `The trigger ${table}.${name} was not created by latchkey and can change or drop rows before they are stored. Run: drop trigger ${name} on ${table}; a trigger that runs after the statement is fine.`,
  rule: ({ table, name }) =>
    `The rule ${table}.${name} was not created by latchkey and rewrites statements. Run: drop rule ${name} on ${table}.`,
  'row security': ({ table, name }) =>
    `Row security is enabled on ${table} for the role ${name} and hides rows from latchkey. Run: alter table ${table} disable row level security; or connect as a role that bypasses it (bypassrls).`,
  persistence: ({ table }) =>
    `The table ${table} is unlogged or temporary, so a crash empties it. Run: alter table ${table} set logged.`,
  child: ({ table, name }) =>
    `The table ${name} inherits from ${table}, so its rows are read as rows of ${table}. Run: alter table ${name} no inherit ${table}.`,
  disabled: ({ table, name }) =>
    `The constraint or trigger ${table}.${name} is disabled and not enforced. As a superuser, run: alter table ${table} enable trigger all; and look for rows that violate it.`,
  setting: ({ name }) =>
    `The setting ${name} is "replica" for this role, so no foreign key or trigger runs. Set it to "origin".`,
}

function describeAdded(key: string): string {
  const part = partOf(key)
  return foreign[part.kind]?.(part) ?? `The ${key} was not created by latchkey.`
}

/** The differences between the live and the expected schema, in sentences; empty when there are none. */
export function compareSchemas(expected: SchemaDescription, live: SchemaDescription): string[] {
  const tables = new Set(Object.keys(expected).map((key) => partOf(key).table))
  const missing = Object.entries(expected).filter(([key]) => !(key in live))
  const changed = Object.keys(expected).filter((key) => key in live && live[key] !== expected[key])
  const added = Object.entries(live).filter(
    ([key, definition]) =>
      !(key in expected) && tables.has(partOf(key).table) && !isHarmless(key, definition),
  )
  return [
    ...missing.map(([key, definition]) => describeMissing(key, definition)),
    ...changed.map(
      (key) =>
        `The ${key} is "${live[key]}" and should be "${expected[key]}".${mendChanged(key, live[key] ?? '')}`,
    ),
    ...added.map(([key]) => describeAdded(key)),
  ]
}

/** The differences between the live schema and that of this version. */
export async function findDrift(database: Database, schema: string): Promise<string[]> {
  const { schema: expected } = await import('./migrations/generated.js')
  return compareSchemas(expected, await describeSchema(database, schema))
}
