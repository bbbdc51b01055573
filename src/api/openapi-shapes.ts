/**
 * Shapes as JSON Schema 2020-12, the dialect of OpenAPI 3.1. Named ones become components and are referred to; others
 * are written out where they stand. It knows no routes.
 */

import * as z from 'zod'
import { namedSchemas } from '../contract/index.js'

/** A JSON Schema. */
export type JsonSchema = z.core.JSONSchema.BaseSchema

/** The shapes of one document. */
export interface Shapes {
  /** A reference to a named shape, or the shape itself. */
  of(schema: z.ZodType): JsonSchema
  /** The shape itself, also of a named one. */
  whole(schema: z.ZodType): JsonSchema
  /** Every named shape that is referred to, in the order of their names. */
  components(): Readonly<Record<string, JsonSchema>>
}

const prefix = '#/components/schemas/'

/** Converts every shape of a document at once. */
export function createShapes(schemas: readonly z.ZodType[]): Shapes {
  const names = new Map(Object.entries(namedSchemas).map(([name, schema]) => [schema, name]))
  const registry = z.registry<{ id?: string | undefined }>()
  for (const [schema, id] of names) registry.add(schema, { id })
  const others = [...new Set(schemas)].filter((schema) => !names.has(schema))
  for (const [index, schema] of others.entries()) registry.add(schema, { id: `~${index}` })
  // `input` leaves objects open: a client must bear a field that a later version adds.
  const converted = z.toJSONSchema(registry, {
    uri: (id) => prefix + id,
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // The format says it; its pattern is long and says the same.
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern
    },
  }).schemas
  const written = new Map(Object.entries(converted).map(([id, shape]) => [id, bare(shape)]))
  const used = new Set<string>()
  const idOf = (schema: z.ZodType): string => names.get(schema) ?? `~${others.indexOf(schema)}`

  function use(shape: JsonSchema): JsonSchema {
    for (const name of referencesOf(shape).filter((each) => !used.has(each))) {
      used.add(name)
      use(written.get(name) ?? {})
    }
    return shape
  }

  return {
    of: (schema) =>
      use(names.has(schema) ? { $ref: prefix + idOf(schema) } : (written.get(idOf(schema)) ?? {})),
    whole: (schema) => use(written.get(idOf(schema)) ?? {}),
    components: () => Object.fromEntries([...used].sort().map((name) => [name, written.get(name) ?? {}])),
  }
}

// An `$id` would move the base that references are resolved against.
function bare(shape: JsonSchema): JsonSchema {
  const copy = { ...shape }
  delete copy.$schema
  delete copy.$id
  return copy
}

function referencesOf(shape: JsonSchema): string[] {
  const found = JSON.stringify(shape).matchAll(/"\$ref":"#\/components\/schemas\/([A-Za-z]+)"/g)
  return [...found].map(([, name]) => name ?? '')
}
