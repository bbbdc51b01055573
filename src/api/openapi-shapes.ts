/**
 * Converts schemas to JSON Schema 2020-12, the dialect of OpenAPI 3.1. Named ones become components and are
 * referenced; others are inlined. Knows no routes.
 */

import * as z from 'zod'
import { namedSchemas } from '../contract/index.js'

/** A JSON Schema. */
export type JsonSchema = z.core.JSONSchema.BaseSchema

/** The schemas of one document. */
export interface Shapes {
  /** A reference to a named schema, or the schema itself. */
  of(schema: z.ZodType): JsonSchema
  /** The schema itself, even if it is named. */
  whole(schema: z.ZodType): JsonSchema
  /** Every referenced named schema, ordered by name. */
  components(): Readonly<Record<string, JsonSchema>>
}

const prefix = '#/components/schemas/'

/** Converts every schema of a document at once; `added` are the named schemas of features. */
export function createShapes(
  schemas: readonly z.ZodType[],
  added: Readonly<Record<string, z.ZodType>> = {},
): Shapes {
  const names = new Map(Object.entries({ ...namedSchemas, ...added }).map(([name, schema]) => [schema, name]))
  const registry = z.registry<{ id?: string | undefined }>()
  for (const [schema, id] of names) registry.add(schema, { id })
  const others = [...new Set(schemas)].filter((schema) => !names.has(schema))
  for (const [index, schema] of others.entries()) registry.add(schema, { id: `~${index}` })
  // `input` allows additional properties: a client must tolerate a field that a later version adds.
  const converted = z.toJSONSchema(registry, {
    uri: (id) => prefix + id,
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // The pattern is long and only repeats the format.
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

// An `$id` would change the base against which references are resolved.
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
