/** Signing up with a password. */

import * as z from 'zod'
import { text, textLimits } from './text.js'

/** An address and the password that is chosen for it. */
export const signUpInput = z.object({ email: text(textLimits.email), password: text(textLimits.password) })
