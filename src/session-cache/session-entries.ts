/**
 * Sessions in memory: a limited number, with the least recently used evicted first. Knows no clock and no
 * channel.
 *
 * Invariants: (1) callers get copies, so that none changes what another one gets; (2) a session is found by
 * its id together with the hash of its secret, compared in constant time.
 */

import { equalBytes } from '../base/index.js'
import type { FoundSession, Session, SessionId, User } from '../core/index.js'
import { copyDate } from './copies.js'
import { copySession, copyUser } from './generated.js'

interface Entry {
  readonly secretHash: Uint8Array
  readonly user: User
  readonly session: Session
  readonly readAt: Date
  readonly endsAtMs: number
}

// Ids from tokens have no hyphens, those from records do.
const keyOf = (id: SessionId): string => (id.length === 32 ? id : id.replaceAll('-', ''))

/** The cached sessions of one engine, at most `most`. Times are milliseconds of one monotonic clock. */
export function createSessionEntries(most: number) {
  const entries = new Map<string, Entry>()
  const keysOfUser = new Map<string, Set<string>>()

  function remove(key: string): void {
    const entry = entries.get(key)
    if (entry === undefined) return
    entries.delete(key)
    const keys = keysOfUser.get(entry.user.id)
    keys?.delete(key)
    if (keys?.size === 0) keysOfUser.delete(entry.user.id)
  }

  function find(id: SessionId, secretHash: Uint8Array, nowMs: number): Entry | undefined {
    const key = keyOf(id)
    const entry = entries.get(key)
    if (entry === undefined || !equalBytes(entry.secretHash, secretHash)) return undefined
    if (entry.endsAtMs <= nowMs) {
      remove(key)
      return undefined
    }
    // A map keeps insertion order: the least recently used entry is first.
    entries.delete(key)
    entries.set(key, entry)
    return entry
  }

  return {
    findUser(id: SessionId, secretHash: Uint8Array, nowMs: number): User | undefined {
      const entry = find(id, secretHash, nowMs)
      return entry === undefined ? undefined : copyUser(entry.user)
    },

    find(id: SessionId, secretHash: Uint8Array, nowMs: number): FoundSession | undefined {
      const entry = find(id, secretHash, nowMs)
      return entry === undefined
        ? undefined
        : { user: copyUser(entry.user), session: copySession(entry.session), readAt: copyDate(entry.readAt) }
    },

    /** Caches a session, until `endsAtMs` at most. */
    put(secretHash: Uint8Array, { user, session, readAt }: FoundSession, endsAtMs: number): void {
      const key = keyOf(session.id)
      remove(key)
      entries.set(key, {
        secretHash: secretHash.slice(),
        user: copyUser(user),
        session: copySession(session),
        readAt: copyDate(readAt),
        endsAtMs,
      })
      const keys = keysOfUser.get(user.id)
      if (keys === undefined) keysOfUser.set(user.id, new Set([key]))
      else keys.add(key)
      if (entries.size > most) remove(entries.keys().next().value as string)
    },

    removeSession(id: SessionId): void {
      remove(keyOf(id))
    },

    removeUser(id: string): void {
      for (const key of keysOfUser.get(id) ?? []) remove(key)
    },

    clear(): void {
      entries.clear()
      keysOfUser.clear()
    },

    size: (): number => entries.size,
  }
}
