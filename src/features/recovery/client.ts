/** The calls of recovery. */

import type { EmailRequestInput } from '../../contract/index.js'
import type { ClientCalls } from '../client-calls.js'
import type { RecoveryCallbackInput } from './schemas.js'

/** Recovery over HTTP. */
export interface RecoveryClient {
  /** Sends a message to reset the password. The result is the same for every address. */
  request(input: EmailRequestInput): Promise<void>
  /** Sets the password and ends every session. @throws AuthError `invalid_token`, `input_invalid` */
  callback(input: RecoveryCallbackInput): Promise<void>
}

export function createRecoveryClient({ ask, changed }: ClientCalls): RecoveryClient {
  return {
    request: (input) => ask('POST /recovery/request', input),
    async callback(input) {
      await changed('POST /recovery/callback', input)
    },
  }
}
