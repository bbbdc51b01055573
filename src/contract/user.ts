/** A user in the HTTP API, and changes of their profile. */

import * as z from 'zod'
import { userFields } from '../base/index.js'
import { shapeOf } from './records.js'
import { jsonObject, text, textLimits } from './text.js'

/** A user. It contains no address and no private metadata. */
export const userSchema = z.object(shapeOf(userFields))

/** The response of the profile routes. */
export const userAnswerSchema = z.object({ user: userSchema })

/** A change of a profile: an absent key is unchanged, `null` clears, metadata is merged key by key. */
export const profileInput = z.object({
  name: text(textLimits.name).nullable().exactOptional(),
  username: text(textLimits.name).nullable().exactOptional(),
  metadata: jsonObject.nullable().exactOptional(),
})
