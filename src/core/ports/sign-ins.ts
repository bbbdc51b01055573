/** Signing in with an address: one statement. */

import type { Issued } from '../types.js'
import type { Holder, NewClaim } from './identities.js'
import type { NewVerification } from './verifications.js'

/** Signing in with a link or code. */
export interface SignInStore {
  /**
   * Finds the verified identity, else the passwordless claim, else creates `claim`, and issues its
   * verification: one statement for all cases. A disabled user gets a decoy.
   */
  request(
    claim: NewClaim,
    verification: NewVerification,
  ): Promise<Holder & Issued & { readonly created: boolean }>
}
