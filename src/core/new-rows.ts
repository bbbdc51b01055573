/** Claims and verifications that are about to be stored, and the accounts they belong to. */

import type { CodeLengths } from './code-lengths.js'
import type { VerificationType } from './types.js'

/** A claim that is about to be stored: `value` for showing and sending, `valueKey` for comparing. */
export interface NewClaim {
  readonly userId: string
  readonly identityId: string
  readonly type: string
  readonly value: string
  readonly valueKey: string
}

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

/** A user and one of their identities. */
export interface Holder {
  readonly userId: string
  readonly identityId: string
}
