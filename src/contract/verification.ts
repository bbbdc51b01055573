/** Verifies an address: with the link, the code, or the pending link of the browser. */

import * as z from 'zod'
import { text, textLimits } from './text.js'

const absent = z.never().exactOptional()
const password = text(textLimits.password)

/**
 * The token of a link, or a code with its address. Without either, the pending link is used. `password` is
 * required if the link was opened in another browser.
 */
export const verificationCallbackInput = z.union([
  z.object({ token: text(textLimits.token), password: password.exactOptional() }),
  z.object({ email: text(textLimits.email), code: text(textLimits.code) }),
  z.object({ token: absent, email: absent, code: absent, password: password.exactOptional() }),
])
