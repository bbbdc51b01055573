/**
 * How texts from outside are described: a string is a string, an empty one is missing, and length is bounded.
 *
 * Bounds here only keep work small; what an address, a code or a password may be is judged by the core. The message of
 * an issue is the rule that was broken, so that `faults.ts` needs nothing but issues.
 */

import * as z from 'zod'
import type { JsonObject, JsonValue } from './json.js'

/** The most characters of each kind of text. */
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

/** A text that is there: 1 to `most` UTF-16 units, and no other type is taken for one. */
export function text(most: number): z.ZodString {
  return z.string({ error: missing }).min(1, 'required').max(most)
}

/** A moment on the wire: ISO 8601 in UTC (RFC 3339). */
export const moment = z.iso.datetime()

/** A JSON object of the host's own making; its depth and size are judged by the core. */
export const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.custom<JsonValue>())
