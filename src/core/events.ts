/**
 * The closed union of events. Each is one audit row, written in the transaction of the change, and is emitted
 * from that row. None contains a secret.
 */

import type { FailureReason, LimitName, RefusalReason } from '../base/index.js'
import type { FeatureEvents } from './open-interfaces.js'

/** The names of the kernel's events. */
export const kernelEvents = [
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
  'password.changed',
  'limit.reached',
  'request.refused',
  'password.removed',
] as const

/** The name of an event: the kernel's, or a feature's. */
export type EventType = (typeof kernelEvents)[number] | keyof FeatureEvents

/** The reason in the audit log: why something failed, the limit that was reached, or why it was refused. */
export type EventReason = FailureReason | LimitName | RefusalReason

/** An event, emitted to listeners after the commit. */
export interface AuthEvent {
  readonly type: EventType
  /** Null when the user is unknown, such as a failed sign-in with an unknown address. */
  readonly userId: string | null
  readonly identityId?: string
  readonly sessionId?: string
  /**
   * Internal and specific, like `AuthError.reason`: why a sign-in or a secret failed, the name of a limit that
   * was reached, or why a request was refused.
   */
  readonly reason?: EventReason
}

/** Called after the commit. If a listener throws, the error is logged and has no other effect. */
export type EventListener = (event: AuthEvent) => void | Promise<void>

/** Tells the worker that messages were queued. Events are emitted by the store, from the recorded rows. */
export interface Announcer {
  /** Messages were queued. */
  queued(): void
}
