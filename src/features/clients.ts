/** The calls of every feature for `latchkey/client`. Imports no code of the server. */

import type { ClientCalls } from './client-calls.js'
import { createRecoveryClient } from './recovery/client.js'
import type { RecoveryClient } from './recovery/client.js'

/** The groups that features add to a `Client`. */
export interface FeatureClients {
  readonly recovery: RecoveryClient
}

export function createFeatureClients(calls: ClientCalls): FeatureClients {
  return { recovery: createRecoveryClient(calls) }
}
