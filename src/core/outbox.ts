/**
 * The queue of promised messages, as the worker needs it of a database. Knows no wording and no transport.
 *
 * Invariants: (1) a message is held by one worker at a time; (2) what is settled holds no secret.
 */

import type { MessageEvent, OutboxEntry, OutboxState } from './message.js'

/** A queued message that this worker holds until its lease ends. */
export interface LeasedMessage {
  readonly id: string
  readonly event: MessageEvent
  readonly to: { readonly type: 'email' | 'phone'; readonly value: string }
  readonly user: { readonly id: string; readonly name: string | null; readonly locale: string | null } | null
  /** The encrypted secrets; null in a notice. */
  readonly sealed: Uint8Array | null
  /** How many digits of the sealed code are sent; null means all of them. */
  readonly codeLength: number | null
  /** This try included. */
  readonly attempts: number
  /** How often it was leased, this time included: the fence. A settled lease must still be at this count. */
  readonly lease: number
  readonly expiresAt: Date | null
}

/** How a try to deliver ended. */
export type DeliveryOutcome =
  | { readonly state: 'delivered' }
  /** Nobody is there to get it: an unknown address was asked for. */
  | { readonly state: 'dropped' }
  | { readonly state: 'retry'; readonly afterMs: number; readonly error: string }
  | { readonly state: 'failed'; readonly error: string }

/** How many messages may be taken of one kind of address: secrets, and among these places so many notices. */
export interface OutboxRoom {
  readonly secrets: number
  readonly notices: number
}

/** The queue of promised messages, as the worker needs it. */
export interface Outbox {
  /**
   * Leases what is due for `leaseMs`, counting the try: secrets first, those that end soonest before the others, and
   * then notices by the time at which they are due. Expired and superseded ones are never leased.
   */
  lease(room: Readonly<Record<'email' | 'phone', OutboxRoom>>, leaseMs: number): Promise<LeasedMessage[]>
  /** Closes and wipes about `limit` that are expired or superseded. How many it found. */
  discard(limit: number): Promise<number>
  /** Settles one; wipes the sealed secrets unless it is to be tried again. False when the lease was lost. */
  settle(message: { readonly id: string; readonly lease: number }, outcome: DeliveryOutcome): Promise<boolean>
  /** Milliseconds until the next message is due; null when none is pending. */
  nextDueMs(): Promise<number | null>
  list(page: { readonly state: OutboxState | null; readonly limit: number }): Promise<OutboxEntry[]>
  /**
   * Makes a message due now, unless it is being delivered. `wiped` when its secrets are gone, so that it can't be sent
   * again.
   */
  retry(id: string): Promise<'due' | 'gone' | 'wiped'>
  /** Calls back whenever a message may be due. Returns how to stop. */
  onQueued(callback: () => void): Promise<() => Promise<void>>
}
