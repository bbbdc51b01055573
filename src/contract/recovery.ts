/** Setting a new password: by the link, by the code, or by the link that the browser has parked. */

import * as z from 'zod'
import { text, textLimits } from './text.js'

const absent = z.never().exactOptional()
const password = text(textLimits.password)

/** The new password, with a link's token, or with a code and its address. Without either the parked link is meant. */
export const recoveryCallbackInput = z.union([
  z.object({ token: text(textLimits.token), password }),
  z.object({ email: text(textLimits.email), code: text(textLimits.code), password }),
  z.object({ token: absent, email: absent, code: absent, password }),
])
