/**
 * Word of sessions and users that changed, as it goes to every node that keeps sessions in memory. Knows no way of
 * sending it.
 *
 * Invariants: (1) a word holds public ids alone; (2) a word that is not understood, such as one of a newer version,
 * means that anything may have changed; (3) whoever may use the database may send words, so no word is believed that
 * would extend trust, but a sign whose random nonce its own node has just sent.
 */

import type { Store } from './ports.js'
import type { SessionId } from './types.js'

/** Carries words to every node. PostgreSQL's NOTIFY is the built-in one. */
export interface RevocationChannel {
  /**
   * Whether the store's own statements send word in the commit of each change. Where they do not, the engine publishes
   * after the change, and what is cached lives no longer than `sessionCache.maxLag`, since such a word can be lost.
   */
  readonly inCommit: boolean
  /** Sends a word of at most 100 bytes of ASCII to every node, this one included. */
  publish(signal: string): Promise<void>
  /**
   * Calls back with each word, in the order in which they were sent by whomever, and with null after a gap in which
   * words may have been missed. Returns how to stop.
   */
  subscribe(onSignal: (signal: string | null) => void): Promise<() => Promise<void>>
  /** Listens through a new connection; called when nothing comes through the one there is. */
  renew?(): void
}

/** What a word says. */
export type Signal =
  | { readonly about: 'session' | 'user'; readonly id: string }
  | { readonly about: 'everything' }
  /** A sign of life that a node sends to itself: whose, and which of those that it sent. */
  | { readonly about: 'node'; readonly id: string; readonly nonce: string }

const everything: Signal = { about: 'everything' }
const form = /^(?:([su]):([0-9a-f-]{36})|p:([0-9a-f-]{36}):([0-9.]{1,32}))$/

/** The word that a session ended or changed. */
export const sessionSignal = (id: SessionId): string => `s:${id}`

/** The word that a user, or any of the user's sessions, ended or changed. */
export const userSignal = (id: string): string => `u:${id}`

/** A sign of life. */
export const nodeSignal = (id: string, nonce: string): string => `p:${id}:${nonce}`

/** What a word says; null, which stands for a gap, says everything. */
export function readSignal(signal: string | null): Signal {
  const [, kind, id, node, nonce] = form.exec(signal ?? '') ?? []
  if (id !== undefined) return { about: kind === 's' ? 'session' : 'user', id }
  return node === undefined || nonce === undefined ? everything : { about: 'node', id: node, nonce }
}

/** A store that tells, after each change of a session or of who has some, what changed. */
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
