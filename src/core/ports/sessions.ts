/** Sessions that are stored in the user database. Those on Redis have their port in `session-backend.ts`. */

import type { Session, SessionId, User } from '../types.js'

/** A session that is about to be stored. */
export interface NewSession {
  readonly id: SessionId
  readonly secretHash: Uint8Array
  readonly userId: string
  readonly ip: string | null
  readonly userAgent: string | null
  readonly methods: readonly string[]
  readonly authenticatedAt: Date | null
  readonly proof: string | null
  /** The browser that is known from now on; null when it has no name. */
  readonly browserHash: Uint8Array | null
}

/** A live session with its user. */
export interface FoundSession {
  readonly user: User
  readonly session: Session
  /** The database's time, at which the session was live. */
  readonly readAt: Date
}

/** Sessions. A token consists of `id` and the secret of `secretHash`. */
export interface SessionStore {
  /**
   * Ends the user's oldest sessions above the limit (`ended`). Null when the user is deleted or their
   * sessions were ended since; `proof_used` when another session used up its proof.
   */
  create(
    session: NewSession,
  ): Promise<{ readonly session: Session; readonly ended: readonly SessionId[] } | 'proof_used' | null>
  /** The hot path: one named prepared statement, shared by concurrent callers, and no write. */
  findUser(id: SessionId, secretHash: Uint8Array): Promise<User | null>
  find(id: SessionId, secretHash: Uint8Array): Promise<FoundSession | null>
  /** Latest first; `after` is the last session on the previous page. Without a limit: up to the maximum. */
  list(
    userId: string,
    page: { readonly after: SessionId | null; readonly limit: number | null },
  ): Promise<Session[]>
  /** Which of these sessions of a user are live. Looked up by id; no other session is read. */
  findLive(userId: string, ids: readonly SessionId[]): Promise<SessionId[]>
  /** Extends the idle time when that is due. */
  touch(id: SessionId): Promise<Session | null>
  revokeByToken(
    id: SessionId,
    secretHash: Uint8Array,
  ): Promise<{ readonly ids: SessionId[]; readonly userId: string | null }>
  revoke(userId: string, id: SessionId): Promise<SessionId[]>
  /** Ends all except `keep`; `keptSince` as in `PasswordStore.set`. */
  revokeAll(userId: string, keep: SessionId | null, keptSince?: string | null): Promise<SessionId[] | null>
}
