/**
 * The channel of revocations on Redis: PUBLISH and SUBSCRIBE, for nodes that keep sessions in memory. Knows no session.
 *
 * Invariants: (1) a word may be lost, so `inCommit` is false: what a node keeps must end by itself; (2) whatever may have
 * been missed is told, as null, once words come again.
 */

import { ConfigError } from '../base/index.js'
import { toAuthError } from './faults.js'

/** What is called of a client of `ioredis` to publish and to subscribe: a `Redis` or a `Cluster`. */
export interface RedisPubSubLike {
  publish(channel: string, signal: string): Promise<unknown>
  subscribe(channel: string): Promise<unknown>
  on(event: 'message', listener: (channel: string, signal: string) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'ready' | '+subscriber', listener: () => void): unknown
  /** Another client with the same options. */
  duplicate(): RedisPubSubLike
  disconnect(): void
}

/** The options of `redisRevocations`. */
export interface RedisRevocationsOptions {
  readonly client: RedisPubSubLike
  /** What the name of the channel begins with. Default: `latchkey`. */
  readonly prefix?: string | undefined
  /** Hears of connections that were lost; they are opened again by themselves. */
  readonly onError?: ((error: Error) => void) | undefined
}

/** Carries words to every node. */
export interface RedisRevocationChannel {
  /** Words are sent after the change that they tell of, and can be lost. */
  readonly inCommit: false
  /** Sends a word to every node, this one included. @throws AuthError `unavailable` */
  publish(signal: string): Promise<void>
  /**
   * Calls back with each word, and with null after a gap in which words may have been missed. Returns how to stop.
   * @throws AuthError `unavailable`
   */
  subscribe(onSignal: (signal: string | null) => void): Promise<() => Promise<void>>
}

const methods = ['publish', 'subscribe', 'duplicate', 'on', 'disconnect'] as const

/** Sends word of ended sessions through Redis. @throws ConfigError where `client` is none of ioredis */
export function redisRevocations(options: RedisRevocationsOptions): RedisRevocationChannel {
  const { client, prefix = 'latchkey', onError = () => undefined } = options
  const fits = methods.every(
    (method) => typeof (client as unknown as Record<string, unknown>)[method] === 'function',
  )
  if (!fits) throw new ConfigError(['redisRevocations: client: give a Redis or a Cluster of ioredis.'])
  const channel = `${prefix}:revocations`

  return {
    inCommit: false,

    async publish(signal) {
      try {
        await client.publish(channel, signal)
      } catch (error) {
        throw toAuthError(error)
      }
    },

    async subscribe(onSignal) {
      const subscriber = client.duplicate()
      let stopped = false
      subscriber.on('error', onError)
      subscriber.on('message', (_, signal) => {
        if (!stopped) onSignal(signal)
      })
      try {
        await subscriber.subscribe(channel)
      } catch (error) {
        subscriber.disconnect()
        throw toAuthError(error)
      }
      // A connection that was lost is opened again. Only once the server says that it listens, nothing is missed any more.
      const resume = (): void => {
        subscriber.subscribe(channel).then(
          () => {
            if (!stopped) onSignal(null)
          },
          () => undefined,
        )
      }
      subscriber.on('ready', resume)
      subscriber.on('+subscriber', resume)
      return async () => {
        stopped = true
        subscriber.disconnect()
        await Promise.resolve()
      }
    },
  }
}
