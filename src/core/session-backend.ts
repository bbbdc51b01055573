/**
 * Sessions outside of the user database: what that database still decides and records about them, and what a
 * session backend must implement. Contains no SQL.
 *
 * Invariants: (1) the user database decides who is allowed in: every check queries it, so a commit that ends
 * all sessions of a user takes effect immediately; (2) an `ExactTime` is only ever compared with another one,
 * since both come from that database's clock.
 */

import type { Logger } from '../base/index.js'
import type { NewSession, Store } from './ports/index.js'
import type { SessionId, User } from './types.js'

/**
 * A time of the user database as text of fixed width, in UTC with microseconds, so that texts sort like
 * times. The empty text sorts before all others.
 */
export type ExactTime = string

/** When all sessions of a user last ended, and whether the user is disabled. */
export interface Standing {
  readonly endedAt: ExactTime
  readonly disabled: boolean
  /** The session that was kept then. It counts as if it had been created at that time. */
  readonly spared: SessionId | null
}

/** A session, its user, and since when it is valid. */
export interface Counted {
  readonly id: SessionId
  readonly userId: string
  readonly validSince: ExactTime
}

/** What the user database decides and records about sessions that it does not store. */
export interface SessionLedger {
  /**
   * Allows a session to be created: locks the user, binds their claims and writes the audit row. Null when
   * the user is deleted or disabled, or when all their sessions ended after `authenticatedAt`; `proof_used`
   * when another session used up its proof. `before` is a session created with the same proof whose token
   * never reached its holder because of a fault.
   * @throws AuthError `unavailable` while another one is being created with the same proof
   */
  admit(session: Omit<NewSession, 'secretHash'>): Promise<
    | {
        readonly validSince: ExactTime
        readonly authenticatedAt: Date
        readonly before: SessionId | null
      }
    | 'proof_used'
    | null
  >
  /** Makes the proof usable again, because that session was not created. */
  release(proof: string, id: SessionId): Promise<void>
  /**
   * The hot path: the user of a session, unless they are disabled or their sessions ended after `validSince`
   * without keeping this one.
   */
  owner(session: Counted): Promise<{ readonly user: User; readonly readAt: Date } | null>
  /** Null when the user is deleted. */
  standing(userId: string): Promise<Standing | null>
  /** Writes the audit row of a session that was revoked individually. */
  recordRevoked(userId: string, id: SessionId): Promise<void>
  /** Writes an audit row for each of these sessions that has none yet. Returns those sessions. */
  recordEnded(userId: string, ids: readonly SessionId[]): Promise<SessionId[]>
}

/** The parts that a session backend works with. */
export interface SessionBackendParts {
  readonly store: Store
  readonly ledger: SessionLedger
  /** Whether the store runs in the caller's transaction. */
  readonly inTransaction: boolean
}

/** An opened session backend. */
export interface OpenedSessionBackend {
  /**
   * The store with its sessions replaced, and with everything that ends sessions passed on to the backend.
   */
  over(beside: SessionBackendParts): Store
  isReachable(): Promise<boolean>
  close(): Promise<void>
}

/** Stores sessions outside of the user database: the value of the option `sessions`. */
export interface SessionBackend {
  /** Lifetimes are in milliseconds. */
  open(settings: {
    readonly session: {
      readonly idleMs: number
      readonly absoluteMs: number
      readonly renewEveryMs: number
      readonly maxPerUser: number
    }
    readonly logger: Logger
  }): OpenedSessionBackend
}
