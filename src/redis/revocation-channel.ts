/**
 * The revocation channel on Redis: PUBLISH and SUBSCRIBE, for nodes that keep sessions in memory. Knows no
 * session.
 *
 * Invariants: (1) a signal may be lost, so `inCommit` is false: cache entries must expire by themselves; (2)
 * a gap is always reported, as null, once signals arrive again.
 */

import { ConfigError } from '../base/index.js'
import { toAuthError } from './faults.js'

/** The interface of an `ioredis` client that is used to publish and subscribe: a `Redis` or a `Cluster`. */
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
  /** The prefix of the channel's name. Default: `latchkey`. */
  readonly prefix?: string | undefined
  /** Called when a connection is lost. It reconnects by itself. */
  readonly onError?: ((error: Error) => void) | undefined
}

/** Carries signals to every node. */
export interface RedisRevocationChannel {
  /** Signals are sent after the change that they are about, and can be lost. */
  readonly inCommit: false
  /** Sends a signal to every node, including this one. @throws AuthError `unavailable` */
  publish(signal: string): Promise<void>
  /**
   * Calls back with each signal, and with null after a gap in which signals may have been missed. Returns a
   * function that stops it.
   * @throws AuthError `unavailable`
   */
  subscribe(onSignal: (signal: string | null) => void): Promise<() => Promise<void>>
}

const methods = ['publish', 'subscribe', 'duplicate', 'on', 'disconnect'] as const

/** Sends revocation signals through Redis. @throws ConfigError when `client` is not an ioredis client */
export function redisRevocations(options: RedisRevocationsOptions): RedisRevocationChannel {
  const { client, prefix = 'latchkey', onError = () => undefined } = options
  const fits = methods.every(
    (method) => typeof (client as unknown as Record<string, unknown>)[method] === 'function',
  )
  if (!fits) throw new ConfigError(['redisRevocations: client: must be a Redis or a Cluster of ioredis.'])
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
      // A lost connection is opened again. The gap ends only when the server confirms the subscription.
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
