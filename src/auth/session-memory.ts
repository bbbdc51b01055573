/**
 * Wires the in-memory parts of session checks: the cache, if one is configured, and the feed of ended
 * sessions. Imports ports only.
 */

import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { RevocationChannel, Store } from '../core/index.js'
import type { SessionFeed } from '../session-cache/index.js'
import { signalAfterwards } from '../core/index.js'
import { createSessionCache, createSessionFeed } from '../session-cache/index.js'
import type { Settings } from './settings.js'

/**
 * `trusted`: session checks are answered from memory. `bypassed`: they are not, because the channel is not
 * heard.
 */
export type SessionCacheState = 'off' | 'trusted' | 'bypassed'

/** What one `Auth` keeps in memory about sessions. */
export interface SessionMemory {
  /** The store with the cache in front of it. */
  readonly store: Store
  /** A store for another actor with the same session cache. */
  over(bound: Store): Store
  readonly feed: SessionFeed
  state(): SessionCacheState
  stop(): Promise<void>
}

const maxWatches = 10_000

function every(ms: number, task: () => void): () => void {
  const timer = setInterval(task, ms).unref()
  return () => clearInterval(timer)
}

// 104 random bits in decimal digits, the format that nodes of earlier versions read.
function newNonce(): string {
  return BigInt(`0x${randomBytes(13).toString('hex')}`).toString()
}

/** Puts the cache in front of a store and starts to listen. `channel` is the database's channel. */
export function keepSessions(
  settings: Settings,
  parts: {
    readonly store: Store
    readonly channel: RevocationChannel
    readonly nodeId: string
    /** Milliseconds by which a test moved the clock. */
    readonly movedMs?: (() => number) | undefined
  },
): SessionMemory {
  const { logger, sessionCache } = settings
  const { store, nodeId, movedMs = () => 0 } = parts
  // If sessions are stored elsewhere, a revocation is not part of a database commit.
  const inCommit = parts.channel.inCommit && !settings.sessionsElsewhere
  const channel = sessionCache?.channel ?? { ...parts.channel, inCommit }
  const warn = (words: string) => (error: unknown) =>
    logger.warn({ error: (error as Error | undefined)?.message }, words)
  const feed = createSessionFeed({
    sessions: store.sessions,
    channel,
    maxWatches,
    onFault: warn('watched sessions could not be looked at'),
  })
  const onLost = warn('a revocation was not published')
  const publish = (signal: string): void => void channel.publish(signal).catch(onLost)
  const sharing = (shared: Store['sessions'], bound: Store): Store => ({
    ...bound,
    sessions: { ...bound.sessions, find: shared.find, findUser: shared.findUser },
  })
  if (sessionCache === null) {
    const told = (one: Store): Store => (channel.inCommit ? one : signalAfterwards(one, publish))
    return {
      store: told(store),
      over: (bound) => told(sharing(store.sessions, bound)),
      feed,
      state: () => 'off',
      stop: () => feed.stop(),
    }
  }

  const cache = createSessionCache({
    ...sessionCache,
    channel,
    sessions: store.sessions,
    nodeId,
    newNonce,
    onForeignWords: (count) =>
      logger.warn({ count }, 'the revocation channel carries signals that no node sent'),
    clock: () => performance.now() + movedMs(),
    every,
    onChange(trusted, fault) {
      if (trusted) logger.info({}, 'the session cache is trusted')
      else warn('the session cache is bypassed')(fault)
    },
  })
  cache.start().catch(warn('the channel of revocations can not be listened to'))
  const told = (one: Store): Store =>
    signalAfterwards(sharing(cache.store, one), (signal) => {
      cache.forget(signal)
      if (!channel.inCommit) publish(signal)
    })
  return {
    store: told(store),
    over: told,
    feed,
    state: cache.state,
    async stop() {
      await Promise.all([cache.stop(), feed.stop()])
    },
  }
}
