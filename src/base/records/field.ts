/**
 * How a record is described: its fields in order, each with what it holds. Everything else that lists the
 * fields follows from the description: the columns of a statement, the schema of the HTTP API and the record
 * on Redis when a module is loaded; what runs for every request (the readers of rows, the writers of JSON and
 * the copies of the session cache) in files that `scripts/generate-records.mjs` writes.
 *
 * Invariants: (1) a field of a record is public, and is on the wire; (2) its column has its name in snake
 * case; (3) a description that lacks a field of its interface, or has another one, does not compile.
 */

import type { JsonObject } from '../json.js'

/** What a field holds: `ip` is an address of a network, `words` is a list of words without commas. */
export type FieldKind = 'id' | 'text' | 'ip' | 'flag' | 'time' | 'json' | 'words'

/** One field. */
export interface Field {
  readonly kind: FieldKind
  /** Whether it can be null. Absent: it can't. */
  readonly nullable?: true
  /** The name of the field in the record of a session on Redis; absent when the key or no field holds it. */
  readonly redis?: string
}

/** The fields of a record, in the order in which it shows them. */
export type Fields = Readonly<Record<string, Field>>

type KindOf<Value> = Value extends Date
  ? 'time'
  : Value extends boolean
    ? 'flag'
    : Value extends string
      ? 'id' | 'text' | 'ip'
      : Value extends readonly string[]
        ? 'words'
        : Value extends JsonObject
          ? 'json'
          : never

/** The description that the interface of a record requires. */
export type FieldsOf<Described> = {
  readonly [Name in keyof Described]-?: Field & {
    readonly kind: KindOf<NonNullable<Described[Name]>>
  } & (null extends Described[Name] ? { readonly nullable: true } : { readonly nullable?: never })
}

/** The name of the column of a field. */
export function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
