/** Engines whose sessions are on Redis, and whose clock moves that of Redis along. */

import type { AuthOptions } from '../../src/index.js'
import { redisSessions } from '../../src/redis/index.js'
import type { RedisLike, RedisSessionsOptions } from '../../src/redis/index.js'
import type { TestAuth } from '../../src/testing/index.js'

const reading = 'return time[1] * 1000 + math.floor(time[2] / 1000)'

/**
 * A client whose scripts see Redis' clock moved by `offsetMs()`. While it is moved every script is sent as text, because
 * no server knows the moved one by its digest.
 */
function shiftClock(client: RedisLike, offsetMs: () => number): RedisLike {
  const noScript = (): Error => Object.assign(new Error('NOSCRIPT of a moved clock'), { name: 'ReplyError' })

  function moved(text: string): string {
    if (!text.includes(reading)) throw new Error('This script reads the clock in another way.')
    return text.replace(reading, `${reading} + ${offsetMs()}`)
  }

  return {
    get status() {
      return client.status
    },
    evalsha: (sha, keys, ...args) =>
      offsetMs() === 0 ? client.evalsha(sha, keys, ...args) : Promise.reject(noScript()),
    eval: (text, keys, ...args) => client.eval(moved(text), keys, ...args),
    pipeline() {
      const pipeline = client.pipeline()
      let unknown = false
      return {
        evalsha(sha, keys, ...args) {
          unknown = offsetMs() !== 0
          return unknown ? undefined : pipeline.evalsha(sha, keys, ...args)
        },
        eval: (text, keys, ...args) => pipeline.eval(moved(text), keys, ...args),
        wait: (replicas, timeoutMs) => (unknown ? undefined : pipeline.wait(replicas, timeoutMs)),
        exec: () => (unknown ? Promise.resolve([[noScript(), null]]) : pipeline.exec()),
      }
    },
    duplicate: () => shiftClock(client.duplicate(), offsetMs),
    on: (event, listener) => client.on(event, listener),
    disconnect: () => client.disconnect(),
  }
}

// A busy machine fails nothing.
const patient = { timeout: '20s', waitTimeout: '20s' } as const

/** An engine whose sessions are on this client, and whose clock moves that of Redis along. */
export async function openWithRedis(
  client: RedisLike,
  open: (options: AuthOptions) => Promise<TestAuth>,
  options: Omit<RedisSessionsOptions, 'client'> = {},
): Promise<TestAuth> {
  let offsetMs = (): number => 0
  const moved = shiftClock(client, () => offsetMs())
  const opened = await open({ sessions: redisSessions({ client: moved, ...patient, ...options }) })
  // The suite moves its clock by whole seconds.
  offsetMs = () => Math.round((opened.clock.now().getTime() - Date.now()) / 1000) * 1000
  return opened
}
