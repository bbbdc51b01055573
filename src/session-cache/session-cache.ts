/**
 * A cache of live sessions in front of a `SessionStore`, kept up to date by revocation signals. Knows no SQL
 * and no way of sending signals.
 *
 * Invariants: (1) a cached answer was correct less than `maxLagMs` ago; a node that can't be sure queries the
 * store; (2) a lookup that is in progress while its session ends caches nothing; (3) no session is returned
 * after its idle or absolute expiry, by the database's clock at the time of reading; (4) the absence of a
 * session is never cached.
 */

import type { FoundSession, RevocationChannel, SessionId, SessionStore, Signal } from '../core/index.js'
import { readSignal } from '../core/index.js'
import { createSessionEntries } from './session-entries.js'
import type { ChannelHealthParts } from './channel-health.js'
import { createChannelHealth } from './channel-health.js'

/** The dependencies of a cache. */
export interface SessionCacheParts extends Omit<ChannelHealthParts, 'channel'> {
  readonly sessions: SessionStore
  readonly channel: RevocationChannel
  readonly maxEntries: number
  /**
   * Called at most once a minute, with how many signals since came from none of our nodes or could not be
   * parsed.
   */
  readonly onForeignWords: (count: number) => void
}

const foreignWordsMs = 60_000
/**
 * How long signals that invalidate everything are combined, so that a flood of them does not keep the cache
 * empty.
 */
const longestTogetherMs = 1_000

// Above this, lookups that began before are treated as outdated.
const maxHeard = 1000

/** Signals that arrived while lookups were in progress. */
function createHearings() {
  let heard: string[] = []
  let dropped = 0
  let underWay = 0

  return {
    hear(id: string): void {
      if (underWay === 0) return
      if (heard.length === maxHeard) {
        dropped += heard.length
        heard = []
      }
      heard.push(id)
    },

    /** Begins a lookup. Returns a function that says, once, whether one of these ids was signaled since. */
    begin(): (...ids: readonly string[]) => boolean {
      const start = dropped + heard.length
      underWay++
      return (...ids) => {
        underWay--
        const outdated =
          start < dropped || heard.slice(start - dropped).some((id) => id === '*' || ids.includes(id))
        if (underWay === 0) {
          dropped += heard.length
          heard = []
        }
        return outdated
      }
    },
  }
}

/** Puts a cache in front of `sessions`. It answers nothing from memory before `start`. */
export function createSessionCache(parts: SessionCacheParts) {
  const { sessions, channel, clock, maxLagMs } = parts
  const entries = createSessionEntries(parts.maxEntries)
  const hearings = createHearings()
  const channelHealth = createChannelHealth(parts)
  const togetherMs = Math.min(longestTogetherMs, maxLagMs / 2)
  let stopHearing: Promise<() => Promise<void>> | undefined
  let foreignWords = 0
  let toldAtMs = -Infinity
  let clearedAtMs = -Infinity
  let clearsAtMs = Infinity

  function countForeign(): void {
    foreignWords++
    if (clock() - toldAtMs < foreignWordsMs) return
    toldAtMs = clock()
    parts.onForeignWords(foreignWords)
    foreignWords = 0
  }

  function clear(): void {
    clearedAtMs = clock()
    clearsAtMs = Infinity
    hearings.hear('*')
    entries.clear()
  }

  // Clear what is due before answering from memory.
  function readClock(): number {
    const nowMs = clock()
    if (nowMs >= clearsAtMs) clear()
    return nowMs
  }

  function forget(signal: Exclude<Signal, { about: 'node' }>): void {
    if (signal.about === 'everything') {
      clear()
      return
    }
    hearings.hear(signal.id)
    if (signal.about === 'session') entries.removeSession(signal.id)
    else entries.removeUser(signal.id)
  }

  function hear(text: string | null): void {
    const signal = readSignal(text)
    if (signal.about === 'node') {
      if (!channelHealth.hear(signal)) countForeign()
    } else if (text === null) {
      clear()
      channelHealth.lose()
    } else if (signal.about === 'everything') {
      countForeign()
      if (clock() - clearedAtMs >= togetherMs) clear()
      else clearsAtMs = Math.min(clearsAtMs, clearedAtMs + togetherMs)
    } else forget(signal)
  }

  function endOf({ session, readAt }: FoundSession, startedAtMs: number): number {
    const endsAt = Math.min(session.idleExpiresAt.getTime(), session.expiresAt.getTime())
    // The database read its clock after the lookup began, so this expiry is never too late.
    const endsAtMs = startedAtMs + endsAt - readAt.getTime()
    return channel.inCommit ? endsAtMs : Math.min(endsAtMs, startedAtMs + maxLagMs)
  }

  async function lookUp(id: SessionId, secretHash: Uint8Array, nowMs: number): Promise<FoundSession | null> {
    const outdated = hearings.begin()
    let found: FoundSession | null = null
    try {
      return (found = await sessions.find(id, secretHash))
    } finally {
      const fresh = !outdated(...(found === null ? [] : [found.session.id, found.user.id]))
      if (found !== null && fresh && channelHealth.trusted(clock()))
        entries.put(secretHash, found, endOf(found, nowMs))
    }
  }

  const store: SessionStore = {
    ...sessions,

    findUser(id, secretHash) {
      const nowMs = readClock()
      if (!channelHealth.trusted(nowMs)) return sessions.findUser(id, secretHash)
      const user = entries.findUser(id, secretHash, nowMs)
      if (user !== undefined) return Promise.resolve(user)
      return lookUp(id, secretHash, nowMs).then((found) => found?.user ?? null)
    },

    find(id, secretHash) {
      const nowMs = readClock()
      if (!channelHealth.trusted(nowMs)) return sessions.find(id, secretHash)
      const found = entries.find(id, secretHash, nowMs)
      return found === undefined ? lookUp(id, secretHash, nowMs) : Promise.resolve(found)
    },
  }

  return {
    store,

    /** Removes entries that a change on this node has invalidated, before its caller gets the result. */
    forget(text: string): void {
      const signal = readSignal(text)
      if (signal.about !== 'node') forget(signal)
    },

    state: (): 'trusted' | 'bypassed' => (channelHealth.trusted(clock()) ? 'trusted' : 'bypassed'),

    size: entries.size,

    async start(): Promise<void> {
      stopHearing = channel.subscribe(hear)
      await stopHearing
      channelHealth.start()
    },

    async stop(): Promise<void> {
      channelHealth.stop()
      await (
        await stopHearing
      )?.()
    },
  }
}

/** The cache of one engine. */
export type SessionCache = ReturnType<typeof createSessionCache>
