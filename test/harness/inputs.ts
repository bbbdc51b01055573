/** The inputs of a route, read from its schema: each of its shapes with a value for every field, and what is none. */

import * as z from 'zod'
import type { RouteDefinition } from '../../src/http/index.js'
import { goodPassword } from '../../src/testing/suite/case.js'

/** One shape of a route's input, filled with values that it accepts. */
export type Shape = Readonly<Record<string, unknown>>

const values: Readonly<Record<string, unknown>> = {
  email: 'somebody@example.com',
  phone: '+351912345678',
  password: goodPassword,
  currentPassword: goodPassword,
  token: 'A'.repeat(43),
  code: '123456',
  number: '12',
  name: 'Ada',
  username: 'ada_lovelace',
  metadata: { theme: 'dark' },
  locale: 'pt',
  agree: 'yes',
}

interface Schema {
  readonly properties?: Readonly<Record<string, { readonly not?: unknown }>>
  readonly anyOf?: readonly Schema[]
}

function fill({ properties = {}, anyOf }: Schema): Shape[] {
  if (anyOf !== undefined) return anyOf.flatMap(fill)
  const fields = Object.entries(properties).filter(([, { not }]) => not === undefined)
  return [
    Object.fromEntries(
      fields.map(([name]) => {
        if (!(name in values)) throw new Error(`The field ${name} has no value here yet.`)
        return [name, values[name]]
      }),
    ),
  ]
}

/** Every shape of the input of a route; none where it takes no input. */
export function shapesOf({ input }: RouteDefinition): Shape[] {
  if (input === undefined) return []
  return fill(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Schema)
}

/** What JSON can put where a text is meant. */
export const strange: readonly unknown[] = [
  '',
  null,
  0,
  1,
  -1,
  1e308,
  true,
  false,
  [],
  {},
  ['somebody@example.com'],
  [['x']],
  { toString: 'x' },
  { $ne: null },
  { email: 'somebody@example.com' },
  { length: 12 },
  'x'.repeat(1_000_000),
]
