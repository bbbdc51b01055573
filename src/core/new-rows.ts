/** A claim and a verification that are about to be stored, and whose they become. */

import type { CodeLengths } from './code-lengths.js'
import type { VerificationType } from './types.js'

/** A claim that is about to be stored: `value` as it is shown and sent, `valueKey` as it is compared. */
export interface NewClaim {
  readonly userId: string
  readonly identityId: string
  readonly type: string
  readonly value: string
  readonly valueKey: string
}

/** A verification about to be stored together with its message. Lifetimes are in milliseconds. */
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
  /** From where it is asked for. */
  readonly ip: string | null
  readonly userAgent: string | null
  /** A digest of the browser that asks, where it is known for this address; null otherwise. */
  readonly knownBrowser: string | null
}

/** A user, and which identity of theirs. */
export interface Holder {
  readonly userId: string
  readonly identityId: string
}
