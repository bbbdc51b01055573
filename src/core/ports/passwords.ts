/** Passwords in the store. They are hashed by the port in `hashing.ts`. */

import type { SignInFailure } from '../../base/index.js'
import type { Account, SessionId, User } from '../types.js'

/** The account and hash that a sign-in by password is checked against. */
export interface StoredPassword extends Account {
  readonly hash: string
  readonly readAt: Date
  /** A sample of hashes that other systems made, of any users. */
  readonly foreignHashes: readonly string[]
}

/** The user whose new password is checked, and the hash that a change replaces. */
export interface PasswordOwner {
  readonly user: User
  /** Values of all identities. */
  readonly addresses: readonly string[]
  readonly hash: string | null
}

/** Passwords. No query of users returns them. */
export interface PasswordStore {
  /** Finds by a verified identity only; `readAt` is the database's time, also when nothing is found. */
  find(
    type: string,
    valueKey: string,
  ): Promise<StoredPassword | Pick<StoredPassword, 'readAt' | 'foreignHashes'>>
  /** Completes a sign-in whose password matched; false when the hash or the user changed meanwhile. */
  confirm(signIn: {
    readonly userId: string
    readonly hash: string
    /** The replacement of the hash, if any. */
    readonly rehashed: string | null
  }): Promise<boolean>
  /** Records a sign-in that failed. */
  recordFailure(failure: {
    readonly userId: string | null
    readonly reason: SignInFailure
    /** The digest of the address that was entered; null when it was malformed. */
    readonly addressMac: Uint8Array | null
  }): Promise<void>
  owner(userId: string): Promise<PasswordOwner | null>
  /**
   * Sets a password; cancels every pending verification; ends every session except `keep`; queues notices.
   * `replacing` guards the change: the stored hash must still be that one.
   */
  set(change: {
    readonly userId: string
    readonly hash: string
    readonly replacing: string | null
    readonly keep: SessionId | null
    /** Since when `keep` is valid, if sessions are stored elsewhere. */
    readonly keptSince?: string | null
  }): Promise<{ readonly ended: SessionId[] } | null>
}
