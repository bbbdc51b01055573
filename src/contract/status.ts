/** Answers that say only what came of a request, and so tell the same for every address. */

import * as z from 'zod'

/** The answer `{ status: name }`. */
export function statusSchema<Name extends string>(name: Name) {
  return z.object({ status: z.literal(name) })
}

/** The answer to whoever asks for a proof, for every address alike, with the number of digits of its code. */
export const verificationSentSchema = z.object({
  status: z.literal('verification_sent'),
  codeLength: z.int(),
})
