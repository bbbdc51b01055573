/**
 * The public API: users, identities, sessions and verifications. Every operation takes and returns plain
 * values.
 *
 * Invariants: (1) each operation is atomic, and its guards are part of the SQL statement; (2) no return
 * value, error or event contains a secret, except for the token that `generateUserSessionToken` returns.
 */

import { createApprovals } from './approvals.js'
import type { Context } from './context.js'
import { createIdentities } from './identities.js'
import type { Authenticated, PasswordOptions } from './passwords.js'
import { createPasswords } from './passwords.js'
import type { ProfileChange } from './profile.js'
import { createProfile } from './profile.js'
import { createSessions } from './sessions.js'
import { createSignIns } from './sign-ins.js'
import type { SignInAddress } from './sign-ins.js'
import { createSignUps } from './sign-ups.js'
import type {
  Account,
  FlowOption,
  Identity,
  IdentityRef,
  Issued,
  Json,
  JsonObject,
  MagicLinkRequest,
  PendingSignIn,
  RepeatOptions,
  RequestOptions,
  Session,
  SessionContext,
  SessionId,
  SessionRef,
  SweepReport,
  User,
  UserRef,
  VerificationType,
  Verified,
} from './types.js'
import type { ImportedUser } from './users.js'
import { createUsers } from './users.js'
import { createVerifications } from './verifications.js'

/**
 * The operations of one `Auth`.
 *
 * Any of them may throw an `AuthError`: `unavailable` (the database can't be reached), `internal`,
 * `input_invalid` (a value has the wrong type), or `not_found` (the id is malformed, or the row no longer
 * exists). Only errors beyond these are listed below.
 */
export interface Accounts {
  /**
   * Creates a user with an unverified email and a password, which works once that email is verified.
   * @throws AuthError `input_invalid`: `taken` when another user has verified the address; `min`, `max`,
   * `context`, `breached` for the password (NIST SP 800-63B-4 §3.1.1.2). `rate_limited` when too many
   * passwords are being hashed.
   */
  createUserWithPassword(attrs: { email: string; password: string }): Promise<Account>
  /**
   * Creates a user with an unverified email, or returns the existing unverified user without a password.
   * @throws AuthError `input_invalid`: `taken`
   */
  createUserWithEmail(email: string): Promise<Account>
  /**
   * Creates a user with an unverified phone (E.164), or returns the existing unverified user without a
   * password.
   * @throws AuthError `input_invalid`: `taken`
   */
  createUserWithPhone(phone: string): Promise<Account>
  /**
   * Returns the verified identity and its user, else the unverified one without a password, else a new one.
   * Parallel calls create only one.
   */
  findOrCreateEmailIdentity(email: string): Promise<Account>
  /**
   * Returns the verified identity and its user, else the unverified one without a password, else a new one.
   * Parallel calls create only one.
   */
  findOrCreatePhoneIdentity(phone: string): Promise<Account>
  /** Whether a user has verified this address. A malformed address is not taken. */
  isEmailTaken(email: string): Promise<boolean>
  /** Whether this username is in use or reserved. */
  isUsernameTaken(username: string): Promise<boolean>
  /** The user who verified this address, or null. */
  getUserByEmail(email: string): Promise<User | null>
  /** The user with this username (case-insensitive), or null. */
  getUserByUsername(username: string): Promise<User | null>
  /**
   * The user of a live session, or null. Runs one named prepared statement, and no query for a malformed
   * token.
   */
  getUserBySessionToken(token: unknown): Promise<User | null>
  /** The verified identity with this type and value and its user, or null. */
  getVerifiedIdentity(type: string, value: string): Promise<Account | null>
  /**
   * Creates a session without checking credentials: you vouch for the user. The token, 64 characters of
   * base64url, is returned only here.
   * @throws AuthError `not_found` when the user is deleted or disabled, or when the user's sessions were
   * ended after `context.authenticatedAt`
   */
  generateUserSessionToken(user: UserRef, context?: SessionContext): Promise<string>
  /** Ends the session with this token. Returns the ids of the sessions that ended, or an empty array. */
  revokeUserSessionToken(token: unknown): Promise<SessionId[]>
  /** Ends every session of the user except `except`, including one whose sign-in is still in progress. */
  revokeUserSessions(user: UserRef, options?: { except?: SessionId | undefined }): Promise<SessionId[]>
  /**
   * Sends a proof of control: a link and a code to an email, a code to a phone. It replaces the previous one
   * for the same purpose and flow.
   * @throws AuthError `not_found` for a recovery of an unverified identity; `input_invalid`: `type`
   * `mismatch` when the purpose does not fit the identity
   * @throws TypeError for an unknown purpose
   */
  issueIdentityVerification(
    identity: IdentityRef,
    type: VerificationType,
    options?: RequestOptions,
  ): Promise<Issued>
  /**
   * Finds or creates the identity of an address, as `findOrCreateEmailIdentity` does, and sends it a sign-in
   * link or code. Runs the same single statement whether the address is known, unknown, or belongs to a
   * disabled user, who is sent nothing.
   * @throws AuthError `input_invalid`: `email` or `phone` `format`
   */
  requestSignIn(address: SignInAddress, options?: RequestOptions): Promise<Issued>
  /** `issueIdentityVerification(identity, 'email')`. */
  requestEmailVerification(identity: IdentityRef, options?: RequestOptions): Promise<Issued>
  /**
   * How many digits a code sent to this address now would have. Does not reveal whether anyone has the
   * address.
   */
  getCodeLength(
    type: 'email' | 'phone',
    value: string,
    options?: Pick<FlowOption, 'knownBrowser'>,
  ): Promise<number>
  /**
   * Changes the profile: an absent key is unchanged, `null` clears, metadata is merged key by key.
   * @throws AuthError `input_invalid`
   */
  updateUserProfile(user: UserRef, attrs: ProfileChange): Promise<User>
  /**
   * Redeems a code. Each attempt is counted before the code is compared. A code stops working after five
   * wrong attempts; after five and ten wrong attempts in a day, the codes for that address get longer and
   * shorter ones stop working (`verification.lengthenAfter`).
   * @throws AuthError `invalid_token`, `already_claimed`
   * @throws TypeError inside a transaction, or for an unknown purpose
   */
  verifyMagicCode(
    code: string,
    type: VerificationType,
    value: string,
    options?: FlowOption,
  ): Promise<Verified>
  /**
   * Redeems a link.
   * @throws AuthError `invalid_token`, `already_claimed`, and `confirmation_required` (the link stays usable)
   * when it was requested in another flow
   * @throws TypeError for an unknown purpose
   */
  verifyMagicLink(token: string, type: VerificationType, options?: FlowOption): Promise<Verified>
  /**
   * Ends a proof that was kept as `resumable`, once its purpose is fulfilled. Returns whether this call ended
   * it: of several parallel calls, one returns true. When you pass the `authenticatedAt` of the redemption,
   * also returns false if a later redemption has set another password since.
   */
  settleProof(proof: string, authenticatedAt?: Date): Promise<boolean>

  /**
   * Checks whether a sign-up would be accepted, by the rules of `requestSignUp` except for the online range
   * check of `password.breached`. Makes no query or network request and stores nothing, so you can call it
   * before any limit is counted.
   * @throws AuthError `input_invalid`
   */
  judgeSignUp(attrs: { email: string; password: string }): Promise<void>
  /**
   * Signs up with an address without revealing whether it was free: a free address is sent the `email`
   * verification, the owner of a taken one the notice `sign_up_repeated`. The password is checked as in
   * `createUserWithPassword` (ASVS 5 6.3.8).
   * @throws AuthError `input_invalid`: `email` `format`; `min`, `max`, `context`, `breached` for the
   * password. `rate_limited` when too many passwords are being hashed
   */
  requestSignUp(attrs: { email: string; password: string }, options?: RequestOptions): Promise<Issued>
  /**
   * Sends the verification of a sign-up again, if this flow requested it and it still exists. In any other
   * case, or without a flow, the result and the statement are the same. Use `previousFlow` to find a sign-up
   * that was requested under the browser's previous name; the new verification is bound to `flow`.
   */
  requestSignUpAgain(email: string, options?: RepeatOptions): Promise<Issued>
  /**
   * Verifies the address of a sign-up from any browser: the holder of the `email` link enters the chosen
   * password or a new one. It replaces the password from the sign-up, and the user's other unverified
   * identities are removed. If the password is rejected, the link stays usable.
   * @throws AuthError `invalid_token`, `already_claimed`, `confirmation_required` when that user has verified
   * something before, `input_invalid`: the rules for a new password
   */
  verifySignUpWithPassword(token: string, password: string, options?: FlowOption): Promise<Verified>
  /**
   * What a live link would do, and where it was requested; null for any other link. The link stays usable.
   * @throws TypeError for an unknown purpose
   */
  getMagicLinkRequest(
    token: string,
    type: VerificationType,
    options?: FlowOption,
  ): Promise<MagicLinkRequest | null>
  /** The newest live sign-in by link that this browser is waiting for, with the number to show, or null. */
  getPendingSignIn(options: { flow: string }): Promise<PendingSignIn | null>
  /**
   * Lets the browser that requested a sign-in finish it: the holder of the link types the number that browser
   * shows. Each attempt is counted before the number is compared. After three wrong attempts the link can no
   * longer be approved, but it still works in the browser that requested it.
   * @throws AuthError `input_invalid`: `number` `mismatch`, `format`; `invalid_token`
   * @throws TypeError inside a transaction
   */
  approveMagicLink(token: string, number: string): Promise<void>
  /**
   * Redeems the approved sign-in that this browser is waiting for, as its link would. Returns null until it
   * is approved. Of several parallel calls, one gets the result and the others get null.
   * @throws AuthError `already_claimed`
   */
  redeemApprovedSignIn(options: { flow: string; resumable?: boolean | undefined }): Promise<Verified | null>

  /**
   * Returns the user with this email and password. Pass its `authenticatedAt` on to
   * `generateUserSessionToken`.
   * @throws AuthError `invalid_credentials` for every failure; `rate_limited` when too many passwords are
   * being hashed
   */
  authenticateWithPassword(
    attrs: { email: string; password: string },
    options?: PasswordOptions,
  ): Promise<Authenticated>
  /**
   * Changes the password of a user who knows the current one. Ends every session except `session`, cancels
   * every pending verification, and notifies every verified address.
   * @throws AuthError `input_invalid`: `current` when `currentPassword` is wrong; the rules for a new
   * password
   */
  changePassword(
    user: UserRef,
    attrs: { currentPassword: string; password: string; session?: SessionId | undefined },
  ): Promise<void>
  /** Whether the user can sign in with a password. */
  hasPassword(user: UserRef): Promise<boolean>
  /**
   * Sets a password without asking for the current one. Has all the effects of `changePassword`.
   * @throws AuthError `input_invalid`
   */
  setPassword(user: UserRef, password: string): Promise<void>
  /** The session with this token and its user, or null. Runs one named prepared statement. */
  getSession(token: unknown): Promise<{ user: User; session: Session } | null>
  /** The live sessions of a user, latest first: up to `session.maxPerUser`, or a page of 1000 at most. */
  listUserSessions(
    user: UserRef,
    page?: { after?: SessionRef | undefined; limit?: number | undefined },
  ): Promise<Session[]>
  /** Ends one session of this user. Returns its id, or an empty array. */
  revokeUserSession(user: UserRef, sessionId: SessionId): Promise<SessionId[]>
  /**
   * Ends the session that an approved sign-in created, by the token in the link of the notice
   * `sign_in_approved`. Returns its id, or an empty array for any other token and once the session has ended.
   */
  revokeApprovedSession(token: string): Promise<SessionId[]>
  /**
   * Extends the idle timeout of a session. Returns null when it is too early (`session.renewEvery`) or the
   * session has ended.
   */
  touchSession(session: SessionRef): Promise<Session | null>
  /**
   * All identities of a user, oldest first, including unverified ones added since pending verifications were
   * last canceled.
   */
  listUserIdentities(user: UserRef): Promise<Identity[]>
  /**
   * Adds an unverified identity to a user, to be verified by `email`, `phone`, `email_change` or
   * `phone_change`. It becomes inactive after a password change, a recovery, a first verification or
   * disabling the user; add it again to continue.
   * @throws AuthError `input_invalid`: `taken`
   */
  addUserIdentity(user: UserRef, attrs: { type: 'email' | 'phone'; value: string }): Promise<Identity>
  /**
   * Removes an identity.
   * @throws AuthError `input_invalid`: `identity` `required` for the last verified one
   */
  removeUserIdentity(user: UserRef, identity: IdentityRef): Promise<void>
  /** The user, or null. */
  getUser(user: UserRef): Promise<User | null>
  /** Lists users, newest first, 100 per page by default and 1000 at most. */
  listUsers(page?: { after?: UserRef | undefined; limit?: number | undefined }): Promise<User[]>
  /**
   * Imports a user from another system, with their password hash.
   * @throws AuthError `input_invalid`: `taken`, `format`
   */
  importUser(attrs: ImportedUser): Promise<{ user: User; identities: Identity[] }>
  /** Disables a user: ends every session, cancels every pending verification, and refuses every sign-in. */
  disableUser(user: UserRef): Promise<User>
  /** Re-enables a disabled user. */
  enableUser(user: UserRef): Promise<User>
  /** Deletes a user and all of their data except the audit log. */
  deleteUser(user: UserRef): Promise<void>
  /** The private metadata of a user. It is never part of a `User`. */
  getPrivateMetadata(user: UserRef): Promise<JsonObject>
  /**
   * Merges private metadata key by key, as `updateUserProfile` does; 16 KiB at most.
   * @throws AuthError `input_invalid`
   */
  setPrivateMetadata(user: UserRef, attrs: Json): Promise<JsonObject>
  /**
   * Deletes expired rows in batches. Several nodes can run it at the same time. With `dryRun` it only counts.
   */
  sweep(options?: { dryRun?: boolean | undefined }): Promise<SweepReport>
}

/** Composes the kernel's operations from one set of ports. Features bring the others. */
export function createAccounts(context: Context) {
  return {
    ...createIdentities(context),
    ...createSessions(context),
    ...createVerifications(context),
    ...createSignUps(context),
    ...createSignIns(context),
    ...createApprovals(context),
    ...createPasswords(context),
    ...createProfile(context),
    ...createUsers(context),
  } satisfies Partial<Accounts>
}
