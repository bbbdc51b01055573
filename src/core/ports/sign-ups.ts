/** Signing up with a password: each operation is one statement. */

import type { Holder, NewClaim } from './identities.js'
import type { NewVerification } from './verifications.js'

/** Signing up with email and password, without account enumeration. */
export interface SignUpStore {
  /**
   * Creates a user, a claim, a password and the verification; or, if another user has verified that address,
   * a decoy and a notice to them. One statement for both cases.
   */
  create(
    claim: NewClaim,
    hash: string,
    verification: NewVerification,
  ): Promise<{ readonly claim: Holder | null; readonly owner: Holder | null; readonly codeLength: number }>
  /** Reissues the verification of the claim that this flow, or the previous one, requested; else a decoy. */
  repeat(
    address: {
      readonly value: string
      readonly valueKey: string
      readonly previousFlowHash: Uint8Array | null
    },
    verification: NewVerification,
  ): Promise<{ readonly claim: Holder | null; readonly codeLength: number }>
}
