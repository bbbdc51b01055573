/** Users: what the core needs to read and change them and their profiles. */

import type { Identity, JsonObject, SessionId, User } from '../types.js'

/** A change of a JSON object, key by key. */
export interface JsonPatch {
  /** Start from an empty object. */
  readonly clear: boolean
  readonly set: JsonObject
  readonly remove: readonly string[]
}

/** A change of a profile; an absent key is unchanged. */
export interface ProfilePatch {
  readonly name?: string | null
  readonly username?: { readonly value: string; readonly key: string } | null
  readonly metadata?: JsonPatch
}

/** An imported account. Every address is normalized. */
export interface NewImport {
  readonly userId: string
  readonly name: string | null
  readonly username: { readonly value: string; readonly key: string } | null
  readonly metadata: JsonObject
  readonly passwordHash: string | null
  readonly identities: readonly {
    readonly id: string
    readonly type: string
    readonly value: string
    readonly valueKey: string
    readonly verified: boolean
  }[]
}

/** Users and their profiles. */
export interface UserStore {
  get(userId: string): Promise<User | null>
  getByUsername(usernameKey: string): Promise<User | null>
  /** Newest first; `after` is the id of the last user on the previous page. */
  list(page: { readonly after: string | null; readonly limit: number }): Promise<User[]>
  updateProfile(
    userId: string,
    patch: ProfilePatch,
  ): Promise<User | 'gone' | 'username_taken' | 'metadata_too_large'>
  getPrivateMetadata(userId: string): Promise<JsonObject | null>
  patchPrivateMetadata(userId: string, patch: JsonPatch): Promise<JsonObject | 'gone' | 'metadata_too_large'>
  /** Ends every session and cancels every pending verification. Null when the user is deleted. */
  disable(userId: string): Promise<{ readonly user: User; readonly ended: SessionId[] } | null>
  enable(userId: string): Promise<User | null>
  delete(userId: string): Promise<boolean>
  import(account: NewImport): Promise<{ user: User; identities: Identity[] } | 'taken' | 'username_taken'>
}
