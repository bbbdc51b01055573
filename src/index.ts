/** The public API of `latchkey`. Anything not exported here is private. */

import type { Auth } from './auth/auth.js'
import { openAuth } from './auth/auth.js'
import type { AuthOptions } from './auth/options.js'
import type { Feature, OperationsOf } from './features/index.js'

/** An `Auth` with the operations of features of the host's, also inside `with(tx)`. */
export type AuthWith<Own extends readonly Feature[]> = Omit<Auth, 'with'> &
  OperationsOf<Own> & { with(tx: unknown): ReturnType<Auth['with']> & OperationsOf<Own> }

/**
 * Opens the database and returns an `Auth`. In development every option has a default: an embedded database
 * in `.latchkey/data`, a secret stored beside it, and an inbox instead of a sender.
 *
 * @example
 * ```ts
 * const auth = await createAuth({
 *   database: process.env.DATABASE_URL,
 *   secret: process.env.LATCHKEY_SECRET,
 *   baseUrl: 'https://app.example',
 *   sender: smtp({ url: process.env.SMTP_URL, from: 'Product <no-reply@app.example>' }),
 * })
 * const { user } = await auth.accounts.authenticateWithPassword({ email, password })
 * ```
 * @throws ConfigError with every problem of the options, or with how the live schema differs from the
 *   expected one
 * @throws AuthError `unavailable` if the database can't be reached
 */
export async function createAuth<const Own extends readonly Feature[] = readonly []>(
  options: AuthOptions & { readonly features?: Own | undefined } = {},
): Promise<AuthWith<Own>> {
  // The operations of a feature are composed from its declaration, which also gives their type.
  return (await openAuth(options)) as AuthWith<Own>
}

export { AuthError, ConfigError, errorCodes } from './base/index.js'
export type {
  Duration,
  ErrorCode,
  FailureReason,
  FieldFault,
  FieldReason,
  FieldRule,
  LimitName,
  Limits,
  Logger,
  Reason,
  Reasons,
  RefusalReason,
  SecretFailure,
  SignInFailure,
  SqlState,
} from './base/index.js'
export { eventTypes, noticeEvents, verificationTypes } from './features/lists.js'
export type {
  Account,
  Accounts,
  Actor,
  Authenticated,
  AuthEvent,
  DeliveryFault,
  EventListener,
  EventReason,
  EventType,
  FeatureEvents,
  FlowOption,
  Issued,
  Identity,
  IdentityRef,
  ImportedUser,
  Json,
  JsonObject,
  MagicLinkRequest,
  Message,
  MessageEvent,
  NoticeEvent,
  OutboxEntry,
  OutboxState,
  PendingSignIn,
  RevocationChannel,
  ProfileChange,
  RequestOptions,
  SignInAddress,
  Sender,
  Session,
  SessionContext,
  SessionId,
  SessionRef,
  SweepReport,
  User,
  UserRef,
  VerificationType,
  Verified,
} from './core/index.js'
export type { ResetSecret } from './features/index.js'
export type { AccountOperations, ActingAccounts } from './auth/account-operations.js'
export type { Auth } from './auth/auth.js'
export type { Health } from './auth/health.js'
export type { HandledAction, Handler, LimitOverrides, Peer, Scope } from './http/index.js'
export type { AuthOptions, DatabaseOption } from './auth/options.js'
export type { DrainReport, Inbox } from './delivery/index.js'
