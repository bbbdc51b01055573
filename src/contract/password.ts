/** Sign-in with a password, and changing it. */

import * as z from 'zod'
import { text, textLimits } from './text.js'

/** An address and its password. */
export const passwordRequestInput = z.object({
  email: text(textLimits.email),
  password: text(textLimits.password),
})

/** The current and the new password. */
export const passwordChangeInput = z.object({
  currentPassword: text(textLimits.password),
  password: text(textLimits.password),
})
