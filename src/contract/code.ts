/** Sign-in by a code: the address to send it to, and the code with that address. */

import * as z from 'zod'
import { text, textLimits } from './text.js'

/** The address to send a message to; also for links, verifications and recovery. */
export const emailRequestInput = z.object({ email: text(textLimits.email) })

/** The phone number to send a message to. */
export const phoneRequestInput = z.object({ phone: text(textLimits.phone) })

/** A code with its email address. */
export const codeCallbackInput = z.object({ email: text(textLimits.email), code: text(textLimits.code) })

/** A code with its phone number. */
export const phoneCodeCallbackInput = z.object({ phone: text(textLimits.phone), code: text(textLimits.code) })
