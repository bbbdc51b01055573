/** Signing in by a code: where it is to be sent, and the code with the place that it was sent to. */

import * as z from 'zod'
import { text, textLimits } from './text.js'

/** The address that a message is to be sent to; also of links, proofs and recoveries. */
export const emailRequestInput = z.object({ email: text(textLimits.email) })

/** The phone that a message is to be sent to. */
export const phoneRequestInput = z.object({ phone: text(textLimits.phone) })

/** A code that came by email. */
export const codeCallbackInput = z.object({ email: text(textLimits.email), code: text(textLimits.code) })

/** A code that came to a phone. */
export const phoneCodeCallbackInput = z.object({ phone: text(textLimits.phone), code: text(textLimits.code) })
