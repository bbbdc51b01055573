/** The schemas of records, from their descriptions. */

import * as z from 'zod'
import type { Field, Fields } from '../base/index.js'
import type { JsonObject } from './json.js'
import { jsonObject, moment } from './text.js'

const schemas = {
  id: z.uuid(),
  text: z.string(),
  ip: z.string(),
  flag: z.boolean(),
  time: moment,
  json: jsonObject,
  words: z.array(z.string()),
}

interface Schemas {
  readonly id: z.ZodUUID
  readonly text: z.ZodString
  readonly ip: z.ZodString
  readonly flag: z.ZodBoolean
  readonly time: z.ZodISODateTime
  readonly json: z.ZodType<JsonObject>
  readonly words: z.ZodArray<z.ZodString>
}

/** The schemas of the fields. */
export type ShapeOf<Described extends Fields> = {
  -readonly [Name in keyof Described]: Described[Name] extends { readonly nullable: true }
    ? z.ZodNullable<Schemas[Described[Name]['kind']]>
    : Schemas[Described[Name]['kind']]
}

function schemaOf({ kind, nullable }: Field): z.ZodType {
  const schema = (schemas satisfies Schemas)[kind]
  return nullable === true ? schema.nullable() : schema
}

/** The schemas of the fields of a record. */
export function shapeOf<Described extends Fields>(fields: Described): ShapeOf<Described> {
  const entries = Object.entries(fields).map(([name, field]) => [name, schemaOf(field)] as const)
  return Object.fromEntries(entries) as ShapeOf<Described>
}
