/** Sets a new password: with the link, the code, or the pending link of the browser. */

import * as z from 'zod'
import { text, textLimits } from '../../contract/index.js'

const absent = z.never().exactOptional()
const password = text(textLimits.password)

/**
 * The new password, with the token of a link, or with a code and its address. Without either, the pending
 * link is used.
 */
export const recoveryCallbackInput = z.union([
  z.object({ token: text(textLimits.token), password }),
  z.object({ email: text(textLimits.email), code: text(textLimits.code), password }),
  z.object({ token: absent, email: absent, code: absent, password }),
])

/** See `recoveryCallbackInput`. */
export type RecoveryCallbackInput = z.output<typeof recoveryCallbackInput>
