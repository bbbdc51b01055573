/**
 * The closed union of what can happen. Each is one audit row in the transaction of the change, and is announced from
 * that row. None carries a secret.
 */

/** The names of all events. */
export const eventTypes = [
  'user.created',
  'user.updated',
  'user.disabled',
  'user.enabled',
  'user.deleted',
  'identity.added',
  'identity.verified',
  'identity.removed',
  'session.created',
  'session.revoked',
  'sign_in.failed',
  'verification.issued',
  'verification.redeemed',
  'verification.failed',
  'verification.approved',
  'sign_up.repeated',
  'recovery.requested',
  'account.recovered',
  'password.changed',
  'limit.reached',
  'request.refused',
  'password.removed',
] as const

/** The name of an event. */
export type EventType = (typeof eventTypes)[number]

/** Why a password did not sign in. */
export type SignInFailure =
  'user_unknown' | 'password_wrong' | 'user_disabled' | 'changed_meanwhile' | 'password_closed'

/** Why a link, a code or a number was refused. */
export type SecretFailure =
  | 'code_unknown_or_exhausted'
  | 'code_wrong'
  | 'unknown_expired_or_used'
  | 'approval_unknown_or_exhausted'
  | 'number_wrong'

/** Why something failed, as the audit records it. Private and fine, as `AuthError.reason`. */
export type FailureReason = SignInFailure | SecretFailure

/** Something that happened, told to listeners after it was committed. */
export interface AuthEvent {
  readonly type: EventType
  /** Null where nobody is known, such as a failed sign-in with an unknown address. */
  readonly userId: string | null
  readonly identityId?: string
  readonly sessionId?: string
  /** Private and fine, as in `AuthError.reason`: a `FailureReason`, the name of a limit that was reached, or why a request was refused. */
  readonly reason?: string
}

/** Called after the commit. What a listener throws is logged and changes nothing. */
export type EventListener = (event: AuthEvent) => void | Promise<void>

/** Where the core tells that there is work. What happened is announced by the store, from what was recorded. */
export interface Announcer {
  /** Messages were queued. */
  queued(): void
}
