/** Identities of a user in the HTTP API. */

import * as z from 'zod'
import { moment } from './text.js'

/** An address or account that identifies a user. Until `verifiedAt` is set it is a claim. */
export const identitySchema = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  type: z.string(),
  value: z.string(),
  verifiedAt: moment.nullable(),
  createdAt: moment,
  updatedAt: moment,
})

/** The user's identities. */
export const identitiesSchema = z.object({ identities: z.array(identitySchema) })
