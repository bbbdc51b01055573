/** Random values, one-way hashes and keys. */

import type { SessionId, VerificationType } from '../types.js'
import type { PendingMatch } from './approvals.js'
import type { CodeCandidate, NewVerification } from './verifications.js'

/** Random values, one-way hashes and keys. Secrets are generated and read only here. */
export interface Secrets {
  /** The versions of the keys that this node has. */
  readonly keyVersions: readonly number[]
  /** The prefixes of sealed secrets that this node can open, in hexadecimal. */
  readonly sealHeads: readonly string[]
  newId(): string
  /** `token` is `id ‖ 32 random bytes` in base64url; only the SHA-256 of the 32 bytes is stored. */
  newSessionToken(): { readonly token: string; readonly id: SessionId; readonly secretHash: Uint8Array }
  /** Null for a malformed token, which is never queried for. */
  readSessionToken(token: unknown): { readonly id: SessionId; readonly secretHash: Uint8Array } | null
  /** A link token and a code for one purpose, hashed for the row and sealed for the message. */
  newVerification(
    type: VerificationType,
  ): Pick<NewVerification, 'id' | 'type' | 'linkHash' | 'codeMacs' | 'keyVersion' | 'messageId' | 'sealed'>
  /** Null for a malformed link token. */
  readLinkToken(token: string): Uint8Array | null
  /** The token of the link that ends this session: a MAC over the two ids, so that nothing is stored. */
  newEndingToken(userId: string, id: SessionId): string
  /** Null for a token that is malformed or was made with none of the keys. */
  readEndingToken(token: string): { readonly userId: string; readonly id: SessionId } | null
  /** Whether the text has the form of a code. */
  isCode(code: string): boolean
  codeMatches(code: string, type: VerificationType, candidate: CodeCandidate): boolean
  hashFlow(flow: string): Uint8Array
  /** The keyed digest of a normalized address: shows which audit rows are about the same address. */
  digestAddress(valueKey: string): Uint8Array
  /** The two digits that a waiting browser shows; null when no key has that version. */
  matchNumber(pending: PendingMatch, flowHash: Uint8Array): string | null
  /** Null when no key opens it. Its code is the longest; a shorter code is a prefix of it. */
  unseal(messageId: string, sealed: Uint8Array): { readonly token: string; readonly code: string } | null
}
