/**
 * The public boundary: users, identities, sessions and verifications. Every operation takes and returns plain values.
 *
 * Invariants: (1) each operation is atomic, and its guards live in the SQL statement; (2) no return value, error or
 * event carries a secret, but for the token that `generateUserSessionToken` is there to return.
 */

import { createApprovals } from './approvals.js'
import type { Context } from './context.js'
import { createIdentities } from './identities.js'
import type { Authenticated, PasswordOptions } from './passwords.js'
import { createPasswords } from './passwords.js'
import type { ProfileChange } from './profile.js'
import { createProfile } from './profile.js'
import type { ResetSecret } from './recovery.js'
import { createRecovery } from './recovery.js'
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
 * Every one may throw an `AuthError` with the code `unavailable` (the database can't be reached) or `internal`, and
 * `input_invalid` for a value that is not of its type. A reference to a row that is gone, or an id that is none, is
 * `not_found`. Only what is thrown beyond that is named below.
 */
export interface Accounts {
  /**
   * Creates a user with an unproven email and a password that comes alive when that very claim is proven.
   * @throws AuthError `input_invalid`: `taken` when somebody proved the address; `min`, `max`, `context`, `breached`
   * for the password (NIST SP 800-63B-4 §3.1.1.2). `rate_limited` when too many passwords are being hashed.
   */
  createUserWithPassword(attrs: { email: string; password: string }): Promise<Account>
  /** Creates a user with an unproven email, or returns the passwordless claim there is. @throws AuthError `input_invalid`: `taken` */
  createUserWithEmail(email: string): Promise<Account>
  /** Creates a user with an unproven phone (E.164), or returns the passwordless claim there is. @throws AuthError `input_invalid`: `taken` */
  createUserWithPhone(phone: string): Promise<Account>
  /** The verified identity and its user, else the passwordless claim, else a new one. Parallel calls make one. */
  findOrCreateEmailIdentity(email: string): Promise<Account>
  /** The verified identity and its user, else the passwordless claim, else a new one. Parallel calls make one. */
  findOrCreatePhoneIdentity(phone: string): Promise<Account>
  /** Whether somebody proved this address. A malformed one is not taken. */
  isEmailTaken(email: string): Promise<boolean>
  /** Whether somebody has this username, or nobody may. */
  isUsernameTaken(username: string): Promise<boolean>
  /** The user who proved this address, or null. */
  getUserByEmail(email: string): Promise<User | null>
  /** The user of this username, without letter case, or null. */
  getUserByUsername(username: string): Promise<User | null>
  /** The user of a live session, or null. One named prepared statement; none for what is no token. */
  getUserBySessionToken(token: unknown): Promise<User | null>
  /** The verified identity of this type and value with its user, or null. */
  getVerifiedIdentity(type: string, value: string): Promise<Account | null>
  /**
   * Makes a session on the host's authority. Its token, 64 characters of base64url, is returned here and nowhere else.
   * @throws AuthError `not_found` when the user is gone or disabled, or when the user's sessions were ended after
   * `context.authenticatedAt`
   */
  generateUserSessionToken(user: UserRef, context?: SessionContext): Promise<string>
  /** Ends the session of this token. Returns the ids that were ended: none when there was none. */
  revokeUserSessionToken(token: unknown): Promise<SessionId[]>
  /** Ends every session of the user but `except`, including one whose sign-in is still under way. */
  revokeUserSessions(user: UserRef, options?: { except?: SessionId | undefined }): Promise<SessionId[]>
  /**
   * Sends a proof of control: a link and a code to an email, a code to a phone. It replaces the older one of the same
   * purpose and flow.
   * @throws AuthError `not_found` for a recovery of a claim; `input_invalid`: `type` `mismatch` when the purpose does
   * not fit the identity
   * @throws TypeError where there is no such purpose
   */
  issueIdentityVerification(
    identity: IdentityRef,
    type: VerificationType,
    options?: RequestOptions,
  ): Promise<Issued>
  /**
   * Finds or makes the identity of an address, as `findOrCreateEmailIdentity` does, and sends the secret of a sign-in
   * there: one statement, the same for an address that is known, unknown, or of a disabled user, who gets nothing.
   * @throws AuthError `input_invalid`: `email` or `phone` `format`
   */
  requestSignIn(address: SignInAddress, options?: RequestOptions): Promise<Issued>
  /** `issueIdentityVerification(identity, 'email')`. */
  requestEmailVerification(identity: IdentityRef, options?: RequestOptions): Promise<Issued>
  /** Sends a recovery to a verified address. Resolves alike, in the same statements, for any other. */
  requestPasswordRecovery(email: string, options?: RequestOptions): Promise<Issued>
  /** How many digits a code has that would be sent there now. It says nothing of whether anybody has the address. */
  getCodeLength(
    type: 'email' | 'phone',
    value: string,
    options?: Pick<FlowOption, 'knownBrowser'>,
  ): Promise<number>
  /** Changes the profile: an absent key is left, `null` clears, metadata is merged key by key. @throws AuthError `input_invalid` */
  updateUserProfile(user: UserRef, attrs: ProfileChange): Promise<User>
  /**
   * Redeems a code. A guess is counted before it is judged: five wrong ones kill the code, and after five and ten in a
   * day the codes of the address are longer, and shorter ones count no more (`verification.lengthenAfter`).
   * @throws AuthError `invalid_token`, `already_claimed`
   * @throws TypeError inside a transaction, or where there is no such purpose
   */
  verifyMagicCode(
    code: string,
    type: VerificationType,
    value: string,
    options?: FlowOption,
  ): Promise<Verified>
  /**
   * Redeems a link.
   * @throws AuthError `invalid_token`, `already_claimed`, and `confirmation_required` (nothing is spent) when it was
   * asked for in another flow
   * @throws TypeError where there is no such purpose
   */
  verifyMagicLink(token: string, type: VerificationType, options?: FlowOption): Promise<Verified>
  /**
   * Ends a proof that was kept as `resumable`, once whoever gave it has what it was given for. Whether that was so: of
   * several who settle one proof, one hears true. With the `authenticatedAt` of a redemption, false as well where a later
   * one has set another password meanwhile.
   */
  settleProof(proof: string, authenticatedAt?: Date): Promise<boolean>

  /**
   * Whether a sign-up would be taken up, judged as in `requestSignUp` but for the online range check of
   * `password.breached`. It looks nothing up, asks nobody and stores nothing, so that it can come before any budget is
   * charged.
   * @throws AuthError `input_invalid`
   */
  judgeSignUp(attrs: { email: string; password: string }): Promise<void>
  /**
   * Signs up at an address, and tells nobody whether it was free: a free one gets the proof of `email`, the owner of a
   * taken one the notice `sign_up_repeated`. The password is judged as in `createUserWithPassword` (ASVS 5 6.3.8).
   * @throws AuthError `input_invalid`: `email` `format`; `min`, `max`, `context`, `breached` for the password.
   * `rate_limited` when too many passwords are being hashed
   */
  requestSignUp(attrs: { email: string; password: string }, options?: RequestOptions): Promise<Issued>
  /**
   * Sends the proof of a sign-up again, to the claim that this very flow asked for while its verification is still
   * there. Resolves alike, in the same statement, for anything else and without a flow. `previousFlow` finds what was
   * asked for under the name that the browser had before; the new proof is bound to `flow`.
   */
  requestSignUpAgain(email: string, options?: RepeatOptions): Promise<Issued>
  /**
   * Proves the address of a sign-up from any browser: whoever holds the link of `email` gives the password that was
   * chosen or a new one. It replaces the one that was set at sign-up, and further claims of that user go. A password
   * that is refused spends nothing.
   * @throws AuthError `invalid_token`, `already_claimed`, `confirmation_required` when that user has proven something
   * before, `input_invalid`: the rules of a new password
   */
  verifySignUpWithPassword(token: string, password: string, options?: FlowOption): Promise<Verified>
  /**
   * What a live link would do, and where it was asked for; null for any other. Nothing is spent.
   * @throws TypeError where there is no such purpose
   */
  getMagicLinkRequest(
    token: string,
    type: VerificationType,
    options?: FlowOption,
  ): Promise<MagicLinkRequest | null>
  /** The newest live sign-in by link that this browser waits for, with the number that it is to show; or null. */
  getPendingSignIn(options: { flow: string }): Promise<PendingSignIn | null>
  /**
   * Lets the browser that asked for a sign-in finish it: whoever holds the link types the number that it shows. A try
   * is counted before it is judged, and three wrong ones end this for the link, which stays usable where it was asked
   * for.
   * @throws AuthError `input_invalid`: `number` `mismatch`, `format`; `invalid_token`
   * @throws TypeError inside a transaction
   */
  approveMagicLink(token: string, number: string): Promise<void>
  /**
   * Redeems the sign-in that this browser waits for, once it is approved, as its link would; null until then, and for
   * all but one of those who race.
   * @throws AuthError `already_claimed`
   */
  redeemApprovedSignIn(options: { flow: string; resumable?: boolean | undefined }): Promise<Verified | null>

  /**
   * Who has this email and password. Give `authenticatedAt` on to `generateUserSessionToken`.
   * @throws AuthError `invalid_credentials` for every failure; `rate_limited` when too many passwords are being hashed
   */
  authenticateWithPassword(
    attrs: { email: string; password: string },
    options?: PasswordOptions,
  ): Promise<Authenticated>
  /**
   * Changes the password of a user who knows it. Ends every session but `session`, cancels every pending
   * verification, and tells every verified address.
   * @throws AuthError `input_invalid`: `current` when `currentPassword` is wrong; the rules of a new password
   */
  changePassword(
    user: UserRef,
    attrs: { currentPassword: string; password: string; session?: SessionId | undefined },
  ): Promise<void>
  /**
   * Redeems a recovery and sets a password. A password that is refused spends nothing.
   * @throws AuthError `invalid_token`, `confirmation_required`, `input_invalid`
   * @throws TypeError with a code inside a transaction
   */
  resetPassword(secret: ResetSecret, password: string, options?: FlowOption): Promise<Verified>
  /** Whether the user signs in by a password. */
  hasPassword(user: UserRef): Promise<boolean>
  /** Sets a password on the host's authority, with all the consequences of a change. @throws AuthError `input_invalid` */
  setPassword(user: UserRef, password: string): Promise<void>
  /** The session of this token with its user, or null. One named prepared statement. */
  getSession(token: unknown): Promise<{ user: User; session: Session } | null>
  /** The live sessions of a user, the latest first: as many as `session.maxPerUser` allows, or a page of 1000 at most. */
  listUserSessions(
    user: UserRef,
    page?: { after?: SessionRef | undefined; limit?: number | undefined },
  ): Promise<Session[]>
  /** Ends one session of this user. Returns its id, or none. */
  revokeUserSession(user: UserRef, sessionId: SessionId): Promise<SessionId[]>
  /** Extends the idle time of a session. Null when that was not due yet (`session.renewEvery`) or the session is over. */
  touchSession(session: SessionRef): Promise<Session | null>
  /** All identities of a user, the oldest first, with the claims that were added since the pending proofs last ended. */
  listUserIdentities(user: UserRef): Promise<Identity[]>
  /**
   * Adds a claim to a user, to be proven by `email`, `phone`, `email_change` or `phone_change`. A change of password, a
   * recovery, a first proof or a disabling ends it; adding it again takes it up again.
   * @throws AuthError `input_invalid`: `taken`
   */
  addUserIdentity(user: UserRef, attrs: { type: 'email' | 'phone'; value: string }): Promise<Identity>
  /** Removes an identity. @throws AuthError `input_invalid`: `identity` `required` for the last verified one */
  removeUserIdentity(user: UserRef, identity: IdentityRef): Promise<void>
  /** The user, or null. */
  getUser(user: UserRef): Promise<User | null>
  /** Users, the newest first; 100 a page by default, 1000 at most. */
  listUsers(page?: { after?: UserRef | undefined; limit?: number | undefined }): Promise<User[]>
  /** Brings a user from another system, with the hash of their password. @throws AuthError `input_invalid`: `taken`, `format` */
  importUser(attrs: ImportedUser): Promise<{ user: User; identities: Identity[] }>
  /** Shuts a user out: ends every session, cancels every pending verification, refuses every sign-in. */
  disableUser(user: UserRef): Promise<User>
  /** Lets a disabled user in again. */
  enableUser(user: UserRef): Promise<User>
  /** Deletes a user and everything of theirs but the audit. */
  deleteUser(user: UserRef): Promise<void>
  /** The private metadata of a user, which no `User` carries. */
  getPrivateMetadata(user: UserRef): Promise<JsonObject>
  /** Merges private metadata key by key, as `updateUserProfile` does; 16 KiB at most. @throws AuthError `input_invalid` */
  setPrivateMetadata(user: UserRef, attrs: Json): Promise<JsonObject>
  /** Removes what is expired, in bounded batches, safely on several nodes at once. With `dryRun` it only counts. */
  sweep(options?: { dryRun?: boolean | undefined }): Promise<SweepReport>
}

/** The operations over one set of ports. */
export function createAccounts(context: Context): Accounts {
  return {
    ...createIdentities(context),
    ...createSessions(context),
    ...createVerifications(context),
    ...createRecovery(context),
    ...createSignUps(context),
    ...createSignIns(context),
    ...createApprovals(context),
    ...createPasswords(context),
    ...createProfile(context),
    ...createUsers(context),
  }
}
