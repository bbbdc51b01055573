/** Errors as problem documents (RFC 9457). They contain no secret, no address and no private reason. */

import * as z from 'zod'
import { errorCodes } from '../base/index.js'
import type { FieldRule } from '../base/index.js'

const fieldRules = [
  'required',
  'format',
  'min',
  'max',
  'taken',
  'mismatch',
  'breached',
  'context',
  'current',
] as const satisfies readonly FieldRule[]

/** One broken rule. */
export const fieldFaultSchema = z.object({
  field: z.string(),
  rule: z.enum(fieldRules),
  limit: z.number().exactOptional(),
})

/** A toll to solve instead of waiting: an ALTCHA challenge with its expiry. */
export const tollSchema = z.object({
  challenge: z.object({
    parameters: z.looseObject({
      algorithm: z.string(),
      nonce: z.string(),
      salt: z.string(),
      cost: z.int(),
      keyLength: z.int(),
      keyPrefix: z.string(),
    }),
    signature: z.string().exactOptional(),
  }),
  expiresAt: z.iso.datetime(),
})

/**
 * An error. `fields` comes with `input_invalid`, `retryAfterMs` (milliseconds) with `rate_limited` and
 * `unavailable`, `methods` (the acceptable sign-in methods) with `assurance_required`.
 */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(errorCodes),
  requestId: z.string(),
  fields: z.array(fieldFaultSchema).exactOptional(),
  retryAfterMs: z.number().exactOptional(),
  methods: z.array(z.string()).exactOptional(),
  toll: tollSchema.exactOptional(),
})
