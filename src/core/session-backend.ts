/**
 * Sessions that are kept elsewhere than in the database of users: what that database goes on saying and recording of
 * them, and what whoever keeps them must offer. Knows no SQL and no other store.
 *
 * Invariants: (1) the database of users stays the authority on who may enter: every check asks it, so whatever ends all
 * sessions of a user ends them by its own commit; (2) a `Moment` is only ever compared with another one, since both are
 * read from that database's clock.
 */

import type { Logger } from '../base/index.js'
import type { NewSession, Store } from './ports.js'
import type { SessionId, User } from './types.js'

/**
 * A time of the database of users as text of one width, in UTC with microseconds, so that texts compare as times do.
 * The empty text lies before every other one.
 */
export type ExactTime = string

/** When all sessions of a user last ended, and whether the user is shut out. */
export interface Standing {
  readonly endedAt: ExactTime
  readonly disabled: boolean
  /** The session that this ending spared, which counts as if it was made then. */
  readonly spared: SessionId | null
}

/** A session, whose it is, and since when it counts. */
export interface Counted {
  readonly id: SessionId
  readonly userId: string
  readonly validSince: ExactTime
}

/** What the database of users says and records of sessions that it does not keep. */
export interface SessionLedger {
  /**
   * Lets a session in: locks the user, binds their claims and writes the audit row. Null when the user is gone or
   * disabled, or when all their sessions ended after `authenticatedAt`; `proof_used` when another one used up its proof.
   * `before` is the session that a fault kept from its holder: the same proof was given for it.
   * @throws AuthError `unavailable` while another one is being made for the same proof
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
  /** Lets the next one come with this proof, since that session was not made. */
  release(proof: string, id: SessionId): Promise<void>
  /**
   * The hot path: the user of a session, unless they are disabled or their sessions ended after `validSince` without
   * sparing this one.
   */
  owner(session: Counted): Promise<{ readonly user: User; readonly readAt: Date } | null>
  /** Null when the user is gone. */
  standing(userId: string): Promise<Standing | null>
  /** Writes the audit row of a session that was revoked alone. */
  recordRevoked(userId: string, id: SessionId): Promise<void>
  /** Writes an audit row for each of these sessions that has none yet. Which those are. */
  recordEnded(userId: string, ids: readonly SessionId[]): Promise<SessionId[]>
}

/** What the sessions are kept beside. */
export interface SessionBackendParts {
  readonly store: Store
  readonly ledger: SessionLedger
  /** Whether the store stands in a transaction of the caller's. */
  readonly inTransaction: boolean
}

/** Sessions that are kept elsewhere. */
export interface OpenedSessionBackend {
  /** The store with its sessions replaced, and with what ends sessions carried through to them. */
  over(beside: SessionBackendParts): Store
  isReachable(): Promise<boolean>
  close(): Promise<void>
}

/** Where sessions are kept instead: what the option `sessions` takes. */
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
