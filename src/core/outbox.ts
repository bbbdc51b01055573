/**
 * The queue of messages, as the worker uses it. Contains no wording and no transport.
 *
 * Invariants: (1) only one worker holds a message at a time; (2) a settled message contains no secret.
 */

import type { MessageEvent, OutboxEntry, OutboxState } from './message.js'
import type { SessionId } from './types.js'

/** A queued message that this worker holds until its lease expires. */
export interface LeasedMessage {
  readonly id: string
  readonly event: MessageEvent
  readonly to: { readonly type: 'email' | 'phone'; readonly value: string }
  readonly user: { readonly id: string; readonly name: string | null; readonly locale: string | null } | null
  /** The encrypted secrets. Null for a notice. */
  readonly sealed: Uint8Array | null
  /** How many digits of the sealed code to send. Null: all of them. */
  readonly codeLength: number | null
  /** The session that a notice is about, if its link ends it. */
  readonly sessionId: SessionId | null
  /** Including this attempt. */
  readonly attempts: number
  /**
   * How often it was leased, including this time. Acts as a fencing token: settling requires the same count.
   */
  readonly lease: number
  readonly expiresAt: Date | null
}

/** The result of a delivery attempt. */
export type DeliveryOutcome =
  | { readonly state: 'delivered' }
  /** There is no recipient: the message was for an unknown address. */
  | { readonly state: 'dropped' }
  | { readonly state: 'retry'; readonly afterMs: number; readonly error: string }
  | { readonly state: 'failed'; readonly error: string }

/**
 * How many messages to take for one kind of address: `secrets` in total, of which `notices` may be notices.
 */
export interface OutboxRoom {
  readonly secrets: number
  readonly notices: number
}

/** The queue of messages, as the worker uses it. */
export interface Outbox {
  /**
   * Leases due messages for `leaseMs` and counts the attempt: secrets first, in order of expiry, then notices
   * in order of their due time. Never leases an expired or superseded message.
   */
  lease(room: Readonly<Record<'email' | 'phone', OutboxRoom>>, leaseMs: number): Promise<LeasedMessage[]>
  /** Closes and wipes about `limit` expired or superseded messages. Returns how many it found. */
  discard(limit: number): Promise<number>
  /**
   * Settles one message; wipes its sealed secrets unless it will be retried. Returns false when the lease was
   * lost.
   */
  settle(message: { readonly id: string; readonly lease: number }, outcome: DeliveryOutcome): Promise<boolean>
  /** Milliseconds until the next message is due. Null when none is pending. */
  nextDueMs(): Promise<number | null>
  list(page: { readonly state: OutboxState | null; readonly limit: number }): Promise<OutboxEntry[]>
  /**
   * Makes a message due now, unless it is being delivered. Returns `wiped` when its secrets are gone, so it
   * can't be sent again.
   */
  retry(id: string): Promise<'due' | 'gone' | 'wiped'>
  /** Calls back whenever a message may be due. Returns a function that stops it. */
  onQueued(callback: () => void): Promise<() => Promise<void>>
}
