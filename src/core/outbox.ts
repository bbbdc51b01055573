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
  /** This try included. It is also the fence: a settled lease must still be at this count. */
  readonly attempts: number
  readonly expiresAt: Date | null
}

/** How a try to deliver ended. */
export type DeliveryOutcome =
  | { readonly state: 'delivered' }
  /** Nobody is there to get it: an unknown address was asked for. */
  | { readonly state: 'dropped' }
  | { readonly state: 'retry'; readonly afterMs: number; readonly error: string }
  | { readonly state: 'failed'; readonly error: string }

/** The queue of promised messages, as the worker needs it. */
export interface Outbox {
  /**
   * Leases up to `limit` due messages for `leaseMs`, counting the try. Expired and superseded ones are closed and
   * wiped on the way and never leased.
   */
  lease(limit: number, leaseMs: number): Promise<LeasedMessage[]>
  /** Settles one; wipes the sealed secrets unless it is to be tried again. False when the lease was lost. */
  settle(
    message: { readonly id: string; readonly attempts: number },
    outcome: DeliveryOutcome,
  ): Promise<boolean>
  /** Milliseconds until the next message is due; null when none is pending. */
  nextDueMs(): Promise<number | null>
  list(page: { readonly state: OutboxState | null; readonly limit: number }): Promise<OutboxEntry[]>
  /** Makes a message due now. `wiped` when its secrets are gone, so that it can't be sent again. */
  retry(id: string): Promise<'due' | 'gone' | 'wiped'>
  /** Calls back whenever a message may be due. Returns how to stop. */
  onQueued(callback: () => void): Promise<() => Promise<void>>
}
