/** Input against its schema: what does not fit is `input_invalid`, field by field. */

import type { ZodType } from 'zod'
import { AuthError } from '../base/index.js'
import { toFieldFaults } from '../contract/index.js'

/** The input in the shape of its schema. @throws AuthError `input_invalid` */
export function parseInput<I>(schema: ZodType<I>, fields: Readonly<Record<string, unknown>>): I {
  const parsed = schema.safeParse(fields)
  if (parsed.success) return parsed.data
  const faults = toFieldFaults(parsed.error.issues)
  throw new AuthError('input_invalid', {
    reason: faults.map(({ field, rule }) => `${field}_${rule}`).join(' '),
    fields: faults,
  })
}
