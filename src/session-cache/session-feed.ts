/**
 * Notifies watchers of a session when it ends: the source of server-sent sign-out. Knows no HTTP.
 *
 * Invariants: (1) a signal only means that something may have ended; the store decides, for watched sessions
 * only, so a kept session or a changed profile ends no watch; (2) there are at most `maxWatches`, with a few
 * per session and per user, and each is notified at most once; (3) notifications contain no secret.
 */

import { AuthError } from '../base/index.js'
import type { RevocationChannel, SessionId, SessionStore } from '../core/index.js'
import { readSignal } from '../core/index.js'

/** Watches over sessions. */
export interface SessionFeed {
  /**
   * Calls back once when the session was ended, individually or with its user, but not when it expires.
   * Returns a function that stops it.
   * @throws AuthError `rate_limited` when this session already has 4 watches, or its user 16; `unavailable`
   * when the feed is full
   */
  subscribe(sessionId: SessionId, userId: string, onEnded: () => void): () => void
  /** How many watches there are. */
  count(): number
  stop(): Promise<void>
}

/** The dependencies of a feed. */
export interface SessionFeedParts {
  readonly sessions: Pick<SessionStore, 'findLive'>
  readonly channel: Pick<RevocationChannel, 'subscribe'>
  readonly maxWatches: number
  /** Called when sessions could not be checked; the next signal about their user triggers another check. */
  readonly onFault: (fault: unknown) => void
}

type Watch = () => void
type Watched = Map<SessionId, Set<Watch>>

const retryAfterMs = 10_000
// So that one session, or one user with many, can't use up all watches of a node.
const maxOfSession = 4
const maxOfUser = 16

/** Watches sessions of a store, listening on a channel from the first watch on. */
export function createSessionFeed(parts: SessionFeedParts): SessionFeed {
  const { sessions, channel, maxWatches, onFault } = parts
  const watchedOfUser = new Map<string, Watched>()
  const userOfSession = new Map<SessionId, string>()
  // Users and which of their sessions to check, one user after the other, so that a gap with thousands of
  // watches causes no burst of queries.
  const due = new Map<string, Set<SessionId>>()
  let looking = false
  let hearing: Promise<() => Promise<void>> | undefined
  let count = 0

  function add(sessionId: SessionId, userId: string, watch: Watch): void {
    const watched: Watched = watchedOfUser.get(userId) ?? new Map<SessionId, Set<Watch>>()
    watchedOfUser.set(userId, watched)
    watched.set(sessionId, (watched.get(sessionId) ?? new Set()).add(watch))
    userOfSession.set(sessionId, userId)
    count++
  }

  function remove(sessionId: SessionId, userId: string, watch: Watch): void {
    const watched = watchedOfUser.get(userId)
    const watches = watched?.get(sessionId)
    if (watches?.delete(watch) !== true) return
    count--
    if (watches.size > 0) return
    userOfSession.delete(sessionId)
    watched?.delete(sessionId)
    if (watched?.size === 0) watchedOfUser.delete(userId)
  }

  function owe(userId: string, ids: Iterable<SessionId>): void {
    const owed = due.get(userId) ?? new Set<SessionId>()
    for (const id of ids) owed.add(id)
    due.set(userId, owed)
  }

  // Only watched sessions are read, however many the user has.
  async function look(userId: string, ids: ReadonlySet<SessionId>): Promise<void> {
    const watched = watchedOfUser.get(userId) ?? new Map<SessionId, Set<Watch>>()
    const asked = [...watched]
      .filter(([id]) => ids.has(id))
      .map(([id, watches]) => [id, [...watches]] as const)
    if (asked.length === 0) return
    const live = new Set(
      await sessions.findLive(
        userId,
        asked.map(([id]) => id),
      ),
    )
    for (const [sessionId, watches] of asked) {
      if (live.has(sessionId)) continue
      for (const watch of watches) {
        if (watchedOfUser.get(userId)?.get(sessionId)?.has(watch) !== true) continue
        remove(sessionId, userId, watch)
        watch()
      }
    }
  }

  async function lookAll(): Promise<void> {
    if (looking) return
    looking = true
    for (const [userId, ids] of due) {
      due.delete(userId)
      await look(userId, ids).catch(onFault)
    }
    looking = false
  }

  function hear(text: string | null): void {
    const signal = readSignal(text)
    if (signal.about === 'everything')
      for (const [userId, watched] of watchedOfUser) owe(userId, watched.keys())
    if (signal.about === 'user') owe(signal.id, watchedOfUser.get(signal.id)?.keys() ?? [])
    const userId = signal.about === 'session' ? userOfSession.get(signal.id) : undefined
    if (signal.about === 'session' && userId !== undefined) owe(userId, [signal.id])
    void lookAll()
  }

  return {
    subscribe(sessionId, userId, onEnded) {
      const ofUser = watchedOfUser.get(userId) ?? new Map<SessionId, Set<Watch>>()
      const ofUserCount = [...ofUser.values()].reduce((sum, watches) => sum + watches.size, 0)
      if ((ofUser.get(sessionId)?.size ?? 0) >= maxOfSession)
        throw new AuthError('rate_limited', { reason: 'too_many_watches_of_session', retryAfterMs })
      if (ofUserCount >= maxOfUser)
        throw new AuthError('rate_limited', { reason: 'too_many_watches_of_user', retryAfterMs })
      if (count >= maxWatches)
        throw new AuthError('unavailable', { reason: 'too_many_watches', retryAfterMs })
      // A new function object, so that the same callback can be used for two watches.
      const watch = (): void => onEnded()
      add(sessionId, userId, watch)
      if (hearing === undefined) {
        hearing = channel.subscribe(hear)
        // The next watch listens again.
        hearing.catch((fault: unknown) => {
          hearing = undefined
          onFault(fault)
        })
      }
      // It may have ended before the channel was listened to.
      owe(userId, [sessionId])
      hearing.then(lookAll, () => undefined)
      return () => remove(sessionId, userId, watch)
    },

    count: () => count,

    async stop() {
      watchedOfUser.clear()
      userOfSession.clear()
      count = 0
      await hearing?.then((stopHearing) => stopHearing()).catch(onFault)
    },
  }
}
