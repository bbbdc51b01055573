/**
 * Signals that sessions or users changed, sent to every node that keeps sessions in memory. Does not know how
 * they are sent.
 *
 * Invariants: (1) a signal contains only public ids; (2) a signal that can't be parsed, such as one of a
 * newer version, means that anything may have changed; (3) anyone with access to the database can send
 * signals, so none of them extends trust, except for a heartbeat with a random nonce that this node has just
 * sent.
 */

import type { Store } from './ports/index.js'
import type { SessionId } from './types.js'

/** Carries signals to every node. PostgreSQL's NOTIFY is built in. */
export interface RevocationChannel {
  /**
   * Whether the store's own statements send the signals, in the commit of each change. If not, signals are
   * published after the change and can be lost, so cache entries live no longer than `sessionCache.maxLag`.
   */
  readonly inCommit: boolean
  /** Sends a signal of at most 100 bytes of ASCII to every node, including this one. */
  publish(signal: string): Promise<void>
  /**
   * Calls back with each signal in the order sent, across all senders, and with null after a gap in which
   * signals may have been missed. Returns a function that stops it.
   */
  subscribe(onSignal: (signal: string | null) => void): Promise<() => Promise<void>>
  /** Reconnects the listener; called when nothing arrives on the current connection. */
  renew?(): void
}

/** A parsed signal. */
export type Signal =
  | { readonly about: 'session' | 'user'; readonly id: string }
  | { readonly about: 'everything' }
  /** A heartbeat that a node sends to itself: which node, and which of its heartbeats. */
  | { readonly about: 'node'; readonly id: string; readonly nonce: string }

const everything: Signal = { about: 'everything' }
const form = /^(?:([su]):([0-9a-f-]{36})|p:([0-9a-f-]{36}):([0-9.]{1,32}))$/

/** The signal that a session ended or changed. */
export const sessionSignal = (id: SessionId): string => `s:${id}`

/** The signal that a user, or any of the user's sessions, ended or changed. */
export const userSignal = (id: string): string => `u:${id}`

/** A heartbeat. */
export const nodeSignal = (id: string, nonce: string): string => `p:${id}:${nonce}`

/** Parses a signal. Null, which stands for a gap, means that anything may have changed. */
export function readSignal(signal: string | null): Signal {
  const [, kind, id, node, nonce] = form.exec(signal ?? '') ?? []
  if (id !== undefined) return { about: kind === 's' ? 'session' : 'user', id }
  return node === undefined || nonce === undefined ? everything : { about: 'node', id: node, nonce }
}

/** Wraps a store so that it reports, after each change of a session or user, what changed. */
export function signalAfterwards(store: Store, tell: (signal: string) => void): Store {
  const { users, passwords, sessions, verifications } = store

  async function thenTell<T>(change: Promise<T>, signals: (changed: T) => readonly string[]): Promise<T> {
    const changed = await change
    for (const signal of signals(changed)) tell(signal)
    return changed
  }

  return {
    ...store,
    users: {
      ...users,
      updateProfile: (id, patch) => thenTell(users.updateProfile(id, patch), () => [userSignal(id)]),
      patchPrivateMetadata: (id, patch) =>
        thenTell(users.patchPrivateMetadata(id, patch), () => [userSignal(id)]),
      disable: (id) => thenTell(users.disable(id), () => [userSignal(id)]),
      delete: (id) => thenTell(users.delete(id), () => [userSignal(id)]),
    },
    passwords: {
      ...passwords,
      set: (change) => thenTell(passwords.set(change), () => [userSignal(change.userId)]),
    },
    sessions: {
      ...sessions,
      create: (session) =>
        thenTell(sessions.create(session), (created) =>
          created === null || created === 'proof_used' ? [] : created.ended.map(sessionSignal),
        ),
      touch: (id) => thenTell(sessions.touch(id), () => [sessionSignal(id)]),
      revokeByToken: (id, secretHash) =>
        thenTell(sessions.revokeByToken(id, secretHash), ({ ids }) => ids.map(sessionSignal)),
      revoke: (userId, id) => thenTell(sessions.revoke(userId, id), (ids) => ids.map(sessionSignal)),
      revokeAll: (userId, keep) => thenTell(sessions.revokeAll(userId, keep), () => [userSignal(userId)]),
    },
    verifications: {
      ...verifications,
      redeem: (type, by, options) =>
        thenTell(verifications.redeem(type, by, options), (redeemed) =>
          redeemed.outcome === 'verified' ? [userSignal(redeemed.user.id)] : [],
        ),
    },
  }
}
