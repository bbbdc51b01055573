/** Signing in by a link. */

import * as z from 'zod'
import { text, textLimits } from './text.js'

/** The token of the link; absent where the browser has it parked in its cookie. */
export const linkCallbackInput = z.object({ token: text(textLimits.token).exactOptional() })
