/** Sign-in by a link. */

import * as z from 'zod'
import { text, textLimits } from './text.js'

/** The token of the link; absent if it is the pending link in the browser's cookie. */
export const linkCallbackInput = z.object({ token: text(textLimits.token).exactOptional() })
