/** A person's record on the wire, and a change of their profile. */

import * as z from 'zod'
import { jsonObject, moment, text, textLimits } from './text.js'

/** A person's record. It has no address and no private metadata. */
export const userSchema = z.object({
  id: z.uuid(),
  name: z.string().nullable(),
  username: z.string().nullable(),
  metadata: jsonObject,
  anonymous: z.boolean(),
  disabledAt: moment.nullable(),
  createdAt: moment,
  updatedAt: moment,
})

/** The answer of the routes of the profile. */
export const userAnswerSchema = z.object({ user: userSchema })

/** A change of a profile: an absent key leaves, `null` clears, metadata is merged key by key. */
export const profileInput = z.object({
  name: text(textLimits.name).nullable().exactOptional(),
  username: text(textLimits.name).nullable().exactOptional(),
  metadata: jsonObject.nullable().exactOptional(),
})
