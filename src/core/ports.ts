/**
 * The ports of the core. `store/`, `secrets/`, `hashing/`, `blocklist/` and `phone/` implement them; `auth/`
 * wires them together. The port of the message queue is in `outbox.ts`.
 *
 * Invariant: every operation of a store is atomic on its own. Its guards are part of its SQL statement.
 */

import type { CodeLengths } from './code-lengths.js'
import type { SecretFailure, SignInFailure } from './events.js'
import type { Holder, NewClaim, NewVerification } from './new-rows.js'
import type { SignInStore, SignUpStore } from './sign-up-ports.js'
import type {
  Account,
  Identity,
  JsonObject,
  MagicLinkRequest,
  Session,
  SessionId,
  SweepReport,
  User,
  VerificationType,
} from './types.js'

export type { Holder, NewClaim, NewVerification } from './new-rows.js'
export type { SignInStore, SignUpStore } from './sign-up-ports.js'
export type { Hasher, PasswordBlocklist } from './password-ports.js'

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

/** Everything that the core needs from a database. */
export interface Store {
  readonly users: UserStore
  readonly identities: IdentityStore
  readonly passwords: PasswordStore
  readonly sessions: SessionStore
  readonly verifications: VerificationStore
  readonly signUps: SignUpStore
  readonly signIns: SignInStore
  readonly approvals: ApprovalStore
  /** The statements of features, by the id of the feature. */
  readonly features: Readonly<Record<string, unknown>>
  sweep(options: {
    readonly dryRun: boolean
    readonly claimsAfterMs: number
    readonly audit: AuditRetention
  }): Promise<SweepReport>
}

/** How long audit rows are kept. */
export interface AuditRetention {
  /** Null: as long as the database requires, which is also the minimum for any other value. */
  readonly keepMs: number | null
  /** How long personal data is kept in them. */
  readonly keepPersonalMs: number
}

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

/** Telephone numbers. */
export interface Phones {
  /** E.164, or null when the text is not a possible number in international form. */
  normalize(text: string): string | null
}
