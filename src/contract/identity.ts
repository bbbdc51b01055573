/** Ways a user is known, on the wire. */

import * as z from 'zod'
import { moment } from './text.js'

/** A way a user is known. Until `verifiedAt` is set it is a claim. */
export const identitySchema = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  type: z.string(),
  value: z.string(),
  verifiedAt: moment.nullable(),
  createdAt: moment,
  updatedAt: moment,
})

/** The identities of whoever asks. */
export const identitiesSchema = z.object({ identities: z.array(identitySchema) })
