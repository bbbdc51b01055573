/** Responses that contain only a status, and are the same for every address. */

import * as z from 'zod'

/** The response `{ status: name }`. */
export function statusSchema<Name extends string>(name: Name) {
  return z.object({ status: z.literal(name) })
}

/** The response to a requested secret, the same for every address, with the number of digits of its code. */
export const verificationSentSchema = z.object({
  status: z.literal('verification_sent'),
  codeLength: z.int(),
})
