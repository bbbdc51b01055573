/** A user in the HTTP API, and changes of their profile. */

import * as z from 'zod'
import { jsonObject, moment, text, textLimits } from './text.js'

/** A user. It contains no address and no private metadata. */
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

/** The response of the profile routes. */
export const userAnswerSchema = z.object({ user: userSchema })

/** A change of a profile: an absent key is unchanged, `null` clears, metadata is merged key by key. */
export const profileInput = z.object({
  name: text(textLimits.name).nullable().exactOptional(),
  username: text(textLimits.name).nullable().exactOptional(),
  metadata: jsonObject.nullable().exactOptional(),
})
