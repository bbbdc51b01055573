/** Verifications: how their secrets are issued, compared and redeemed. */

import type { CodeLengths } from '../code-lengths.js'
import type { SecretFailure } from '../../base/index.js'
import type { Identity, SessionId, User, VerificationType } from '../types.js'
import type { PasswordOwner } from './passwords.js'

/** A verification that is about to be stored together with its message. Lifetimes are in milliseconds. */
export interface NewVerification {
  readonly id: string
  readonly type: VerificationType
  readonly flowHash: Uint8Array | null
  readonly linkHash: Uint8Array
  /** 32 bytes for the code of each length, in the order of `codeLengths`. */
  readonly codeMacs: Uint8Array
  readonly codeLengths: CodeLengths
  readonly keyVersion: number
  readonly linkLifetimeMs: number
  readonly codeLifetimeMs: number
  readonly messageId: string
  readonly sealed: Uint8Array
  /** Where the request comes from. */
  readonly ip: string | null
  readonly userAgent: string | null
  /** A digest of the requesting browser, if it is known for this address; else null. */
  readonly knownBrowser: string | null
}

/** Which code is attempted, and within which limits. */
export interface CodeAttempt {
  readonly type: VerificationType
  readonly valueKey: string
  readonly flowHash: Uint8Array | null
  /** The keys that this node has; a code under another key is neither compared nor counted. */
  readonly keyVersions: readonly number[]
  /** A digest of the browser, if it is known for this address: its wrong attempts count separately. */
  readonly knownBrowser: string | null
  /** A code of this length needs fewer wrong attempts than this; null for the longest. */
  readonly maxMisses: number | null
}

/** A verification whose code may now be compared: the attempt is already counted and committed. */
export interface CodeCandidate {
  readonly id: string
  readonly codeMac: Uint8Array
  readonly keyVersion: number
}

/** A link, and the flow in which it was opened. */
export interface OpenedLink {
  readonly linkHash: Uint8Array
  readonly flowHash: Uint8Array | null
}

/** The ways to redeem a verification. */
export type RedeemBy =
  | ({ readonly kind: 'link' } & OpenedLink)
  | {
      readonly kind: 'code'
      readonly id: string
      readonly codeMac: Uint8Array
      /** How many attempts to give back when it is used, and to which count. */
      readonly refund: number
      readonly knownBrowser: string | null
    }
  /** The newest one of this flow, once the holder of its link has approved it. */
  | { readonly kind: 'approved'; readonly flowHash: Uint8Array }
  /** A link in any browser, for the first verification of a user, together with a new password. */
  | { readonly kind: 'signUp'; readonly linkHash: Uint8Array }

/** The result of a redemption. `account` is only present when the secret was right. */
export type Redeemed =
  | { readonly outcome: 'invalid' | 'confirmation_required' | 'already_claimed' }
  | {
      readonly outcome: 'verified'
      readonly user: User
      readonly identity: Identity | null
      readonly verification: { readonly id: string; readonly type: VerificationType; readonly value: string }
      /** The database's time; never before this same redemption ended the user's sessions. */
      readonly redeemedAt: Date
      /** Whether this redemption set `verifiedAt`. */
      readonly proven: boolean
      /** Whether the sessions and the pending proofs of the user ended. */
      readonly renewed: boolean
      readonly ended: SessionId[]
      /** Whether the same browser redeemed it before, so that nothing changed now. */
      readonly again: boolean
    }

/** Verifications: single-use proofs of control. */
export interface VerificationStore {
  /** Replaces the previous one with the same user, purpose, value and flow; also queues the message. */
  issue(
    identityId: string,
    verification: NewVerification,
  ): Promise<
    | { readonly outcome: 'issued'; readonly userId: string; readonly codeLength: number }
    | { readonly outcome: 'gone' }
    | { readonly outcome: 'unfit' }
    | { readonly outcome: 'unproven' }
  >
  /** The length of a code sent there now. */
  codeLength(
    address: { readonly valueKey: string; readonly knownBrowser: string | null },
    lengths: CodeLengths,
  ): Promise<number>
  /**
   * Counts one attempt and returns the codes to compare: none when the code is dead or now too short.
   * `unreadable`: a live code was made under a key that this node does not have, and is left out.
   */
  countAttempt(
    attempt: CodeAttempt,
  ): Promise<{ readonly candidates: readonly CodeCandidate[]; readonly unreadable: boolean }>
  /** Gives back an attempt, for a right code that was not used. */
  refundAttempt(attempt: CodeAttempt, ids: readonly string[]): Promise<void>
  recordFailure(failure: {
    readonly type: VerificationType
    readonly reason: SecretFailure
    /** The digest of the address that the secret was for; null for links, which name none. */
    readonly addressMac: Uint8Array | null
  }): Promise<void>
  /** With a `holder` the proof is kept: that browser may redeem it again until it is settled or used. */
  redeem(
    type: VerificationType,
    by: RedeemBy,
    options: { readonly newPassword: string | null; readonly holder: Uint8Array | null },
  ): Promise<Redeemed>
  /** Ends a proof that was kept. */
  settle(proof: string, redeemedAt?: Date | null): Promise<boolean>
  /** The owner of a recovery secret, which stays usable. */
  peek(
    type: VerificationType,
    by: Exclude<RedeemBy, { readonly kind: 'approved' }>,
    holder: Uint8Array | null,
  ): Promise<PasswordOwner | 'confirmation_required' | null>
}
