/** Signing in by a password, and changing it. */

import * as z from 'zod'
import { text, textLimits } from './text.js'

/** An address and its password. */
export const passwordRequestInput = z.object({
  email: text(textLimits.email),
  password: text(textLimits.password),
})

/** The password as it is, and as it is to be. */
export const passwordChangeInput = z.object({
  currentPassword: text(textLimits.password),
  password: text(textLimits.password),
})
