/** Identities: claims, their owners and the search for them. */

import type { Account, Identity } from '../types.js'

/** A claim that is about to be stored: `value` for showing and sending, `valueKey` for comparing. */
export interface NewClaim {
  readonly userId: string
  readonly identityId: string
  readonly type: string
  readonly value: string
  readonly valueKey: string
}

/** A user and one of their identities. */
export interface Holder {
  readonly userId: string
  readonly identityId: string
}

/** Identities, including claims that are not verified yet. */
export interface IdentityStore {
  /** Creates a user, a claim and a password. Null when another user has verified that address. */
  createWithPassword(claim: NewClaim, hash: string): Promise<Account | null>
  /** The verified identity, else the passwordless claim, else creates `claim`. */
  findOrCreate(claim: NewClaim): Promise<Account & { readonly created: boolean }>
  /** Adds a claim to an existing user; an existing claim is returned unchanged. */
  add(claim: NewClaim): Promise<{ identity: Identity; created: boolean } | 'gone' | 'taken'>
  /** Removes an identity, but never the last verified one. */
  remove(userId: string, identityId: string): Promise<'removed' | 'gone' | 'last'>
  findVerified(type: string, valueKey: string): Promise<Account | null>
  list(userId: string): Promise<Identity[]>
}
