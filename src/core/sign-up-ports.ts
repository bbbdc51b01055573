/** The store's operations for signing up and in with an address, each one statement. */

import type { Holder, NewClaim, NewVerification } from './new-rows.js'
import type { Issued } from './types.js'

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
