/**
 * Strings from outside: no other type is converted, an empty one counts as missing, and the length is
 * bounded.
 *
 * These bounds only limit the work; the core decides which addresses, codes and passwords are valid. The
 * message of an issue is the name of the broken rule, so that `faults.ts` needs only the issues.
 */

import * as z from 'zod'
import type { JsonObject, JsonValue } from './json.js'

/** The maximum length of each kind of string. */
export const textLimits = {
  email: 320,
  phone: 64,
  token: 512,
  code: 32,
  password: 20_000,
  name: 2_000,
} as const

const missing = (issue: { readonly input: unknown }): string =>
  issue.input === undefined || issue.input === null ? 'required' : 'format'

/** A nonempty string of at most `most` UTF-16 units. No other type is converted. */
export function text(most: number): z.ZodString {
  return z.string({ error: missing }).min(1, 'required').max(most)
}

/** A time in ISO 8601 in UTC (RFC 3339). */
export const moment = z.iso.datetime()

/** A JSON object defined by the host; the core checks its depth and size. */
export const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.custom<JsonValue>())
