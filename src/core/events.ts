/** The closed union of what can happen. Each is one audit row in the same transaction. None carries a secret. */

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
] as const

/** The name of an event. */
export type EventType = (typeof eventTypes)[number]

/** Something that happened, told to listeners after it was committed. */
export interface AuthEvent {
  readonly type: EventType
  /** Null where nobody is known, such as a failed sign-in with an unknown address. */
  readonly userId: string | null
  readonly identityId?: string
  readonly sessionId?: string
  /** Private and fine, as in `AuthError.reason`; only in what failed. */
  readonly reason?: string
}

/** Called after the commit. What a listener throws is logged and changes nothing. */
export type EventListener = (event: AuthEvent) => void | Promise<void>

/** Where the core tells what happened, after the commit. */
export interface Announcer {
  /** Messages were queued. */
  queued(): void
  announce(event: {
    readonly type: EventType
    readonly userId: string | null
    readonly identityId?: string
    readonly sessionId?: string
    readonly reason?: string
  }): void
}
