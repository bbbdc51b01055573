/** Validates input against its schema; each invalid field is reported in `input_invalid`. */

import type { ZodType } from 'zod'
import { AuthError, reasonOfFields } from '../base/index.js'
import { toFieldFaults } from '../contract/index.js'

/** Returns the parsed input. @throws AuthError `input_invalid` */
export function parseInput<I>(schema: ZodType<I>, fields: Readonly<Record<string, unknown>>): I {
  const parsed = schema.safeParse(fields)
  if (parsed.success) return parsed.data
  const faults = toFieldFaults(parsed.error.issues)
  throw new AuthError('input_invalid', {
    reason: reasonOfFields(faults),
    fields: faults,
  })
}
