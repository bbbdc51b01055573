/** Sign-ins that wait for the holder of their link, who opened it in another browser. */

import type { MagicLinkRequest, VerificationType } from '../types.js'
import type { Holder } from './identities.js'
import type { OpenedLink } from './verifications.js'

/** A sign-in that waits for the holder of its link. */
export interface PendingMatch {
  readonly id: string
  readonly keyVersion: number
}

/** Links that are opened in another browser than the one that requested them. */
export interface ApprovalStore {
  /** What a live link would do. */
  describe(type: VerificationType, link: OpenedLink): Promise<MagicLinkRequest | null>
  /** The newest live sign-in of a flow. It may be a decoy. */
  findPending(
    flowHash: Uint8Array,
  ): Promise<(PendingMatch & { readonly expiresAt: Date; readonly approved: boolean }) | null>
  /**
   * Counts one attempt at the number; null when the link is not live or has no attempts left. `unreadable`
   * when its number was made under a key not in `keyVersions`: then nothing is counted.
   */
  countMatch(
    linkHash: Uint8Array,
    keyVersions: readonly number[],
  ): Promise<(PendingMatch & { readonly flowHash: Uint8Array }) | 'unreadable' | null>
  /** Null when it no longer exists. */
  approve(id: string): Promise<Holder | null>
}
