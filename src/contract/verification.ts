/** Proving an address: by the link, by the code, or by the link that the browser has parked. */

import * as z from 'zod'
import { text, textLimits } from './text.js'

const absent = z.never().exactOptional()
const password = text(textLimits.password)

/**
 * A link's token, or a code with its address. Without either it is the parked link that is meant. `password` is asked
 * for where the link was opened in another browser.
 */
export const verificationCallbackInput = z.union([
  z.object({ token: text(textLimits.token), password: password.exactOptional() }),
  z.object({ email: text(textLimits.email), code: text(textLimits.code) }),
  z.object({ token: absent, email: absent, code: absent, password: password.exactOptional() }),
])
