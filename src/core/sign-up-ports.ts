/** What the core needs of a store to sign people up and in at an address, each in one statement. */

import type { Holder, NewClaim, NewVerification } from './new-rows.js'
import type { Issued } from './types.js'

/** Signing up by email and password, with an answer that tells nothing. */
export interface SignUpStore {
  /**
   * A user, a claim, a password and the verification; or, where somebody proved that address, a decoy and a notice to
   * that owner. One statement for both.
   */
  create(
    claim: NewClaim,
    hash: string,
    verification: NewVerification,
  ): Promise<{ readonly claim: Holder | null; readonly owner: Holder | null; readonly codeLength: number }>
  /** Issues again for the claim that this flow, or the one before it, asked for; a decoy where there is none. */
  repeat(
    address: {
      readonly value: string
      readonly valueKey: string
      readonly previousFlowHash: Uint8Array | null
    },
    verification: NewVerification,
  ): Promise<{ readonly claim: Holder | null; readonly codeLength: number }>
}

/** Signing in by a secret that is sent. */
export interface SignInStore {
  /**
   * The verified identity, else the passwordless claim, else a new one of `claim`, and the verification of it: one
   * statement for all. A disabled user gets a decoy.
   */
  request(
    claim: NewClaim,
    verification: NewVerification,
  ): Promise<Holder & Issued & { readonly created: boolean }>
}
