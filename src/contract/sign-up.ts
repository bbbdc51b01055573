/** Sign-up with a password. */

import * as z from 'zod'
import { text, textLimits } from './text.js'

/** An address and a new password. */
export const signUpInput = z.object({ email: text(textLimits.email), password: text(textLimits.password) })
