/**
 * Which fields the record of a session has, and how their values are written as text: from the description of
 * a session. Knows no commands.
 *
 * Invariant: the fields that scripts judge come first, in the order in which the scripts count them.
 */

import { sessionFields } from '../base/index.js'
import type { FieldKind, Fields } from '../base/index.js'
import type { Session, SessionId } from '../core/index.js'

/** The fields that the clock of the server sets. */
const clocked = ['created', 'seen', 'idle', 'ends'] as const
const judged = ['user', 'since', 'authenticated', ...clocked]

type Described = typeof sessionFields

/** The fields of a session that its creator gives. */
export type GivenField = {
  [Name in keyof Described]: Described[Name] extends { readonly redis: infer Redis }
    ? Redis extends (typeof clocked)[number]
      ? never
      : Name
    : never
}[keyof Described]

interface Form {
  write(value: unknown): string
  read(text: string): unknown
}

const asIs: Form = { write: String, read: (text) => text }
const asJson: Form = { write: JSON.stringify, read: (text) => JSON.parse(text) as unknown }

const forms: Readonly<Record<FieldKind, Form>> = {
  id: asIs,
  text: asIs,
  ip: asIs,
  flag: asJson,
  json: asJson,
  time: { write: (value) => String((value as Date).getTime()), read: (text) => new Date(Number(text)) },
  words: {
    write: (value) => (value as readonly string[]).join(','),
    read: (text) => (text === '' ? [] : text.split(',')),
  },
}

// What a field that is missing in a record is read as, unless it can be null.
const missing: Readonly<Record<FieldKind, string>> = {
  id: '',
  text: '',
  ip: '',
  flag: 'false',
  json: 'null',
  time: '0',
  words: '',
}

/** The record that a description of a session leads to. */
export function createRecordForm(fields: Fields) {
  const kept = Object.entries(fields).flatMap(([name, field]) =>
    field.redis === undefined ? [] : [{ ...field, name, redis: field.redis }],
  )
  const names = [...judged, ...kept.map(({ redis }) => redis).filter((name) => !judged.includes(name))]
  const given = kept.filter(({ redis }) => !clocked.some((name) => name === redis))
  const read = kept.map(({ name, redis, kind, nullable }) => ({
    name,
    place: names.indexOf(redis),
    read: forms[kind].read,
    otherwise: nullable === true ? null : missing[kind],
  }))

  return {
    /** The fields as scripts return them, in this order. */
    names,

    /** The names and texts of the fields that the creator gives; those that are null are left out. */
    write(session: Readonly<Record<string, unknown>>): string[] {
      return given.flatMap(({ name, redis, kind }) => {
        const value = session[name]
        return value === null ? [] : [redis, forms[kind].write(value)]
      })
    },

    /** The session of the values that a script returned. */
    read(id: SessionId, values: readonly (string | null)[]): Record<string, unknown> {
      const session: Record<string, unknown> = { id }
      for (const field of read) {
        const text = values[field.place] ?? field.otherwise
        session[field.name] = text === null ? null : field.read(text)
      }
      return session
    },
  }
}

const form = createRecordForm(sessionFields)

/** The fields of a record as scripts return them, in this order. */
export const recordFields: readonly string[] = form.names

/** The names and texts of the fields that the creator of a session gives. */
export const writeGiven = (session: Pick<Session, GivenField>): string[] => form.write({ ...session })

/** The session of the values that a script returned. */
export const readSessionValues = (id: SessionId, values: readonly (string | null)[]): Session =>
  form.read(id, values) as unknown as Session
