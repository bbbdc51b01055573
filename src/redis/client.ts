/**
 * A Redis client, described by the methods that we call: those of `ioredis`, for a single server or a
 * cluster. Runs scripts on it. Knows no session.
 *
 * Invariants: (1) a write and the WAIT that confirms it are sent as one pipeline over one connection, since
 * WAIT only applies to its own connection; (2) that connection is a dedicated one, so that no lookup is
 * queued behind a WAIT; (3) no answer takes longer than its limit, whatever the client does to reconnect.
 */

import { AuthError } from '../base/index.js'
import { replyCodeOf, toAuthError, unreachable } from './faults.js'
import type { Script } from './scripts.js'

type Argument = string | number

/** Commands that are sent together. */
export interface RedisPipelineLike {
  evalsha(sha: string, keys: number, ...args: Argument[]): unknown
  eval(text: string, keys: number, ...args: Argument[]): unknown
  wait(replicas: number, timeoutMs: number): unknown
  exec(): Promise<[error: Error | null, result: unknown][] | null>
}

/** The interface of an `ioredis` client that is used: a `Redis` or a `Cluster`. */
export interface RedisLike {
  /** The state of the connection; `ready` when it is usable. */
  readonly status: string
  evalsha(sha: string, keys: number, ...args: Argument[]): Promise<unknown>
  eval(text: string, keys: number, ...args: Argument[]): Promise<unknown>
  pipeline(): RedisPipelineLike
  /** Another client with the same options. */
  duplicate(): RedisLike
  on(event: 'error', listener: (error: Error) => void): unknown
  disconnect(): void
}

/** How many replicas must have a write before it is acknowledged, and the limits in milliseconds. */
export interface CommandLimits {
  readonly replicas: number
  readonly waitTimeoutMs: number
  readonly timeoutMs: number
}

/** Runs scripts. All keys of one script have the same hash slot, except those of `runMany`. */
export interface Commands {
  /** Whether a confirmed write waits for replicas. */
  readonly waits: boolean
  /** @throws AuthError `unavailable` immediately when there is no connection, else within the limit */
  run(script: Script, key: string, args: readonly Argument[]): Promise<unknown>
  /**
   * Runs a script over several keys with an argument for each, and returns the results in that order. On a
   * cluster, where the keys of a script must be in one slot, it runs `one` for each key.
   * @throws AuthError `unavailable` as `run` does
   */
  runMany(
    script: { readonly one: Script; readonly many: Script },
    keys: readonly string[],
    args: readonly Argument[],
  ): Promise<readonly unknown[]>
  /**
   * Like `run`, and resolves once the write is on the required number of replicas. If that fails, `undo` is
   * called once the write can no longer happen.
   * @throws AuthError `unavailable` also when too few replicas have it in time: the write may have happened
   * or not
   */
  confirm(script: Script, key: string, args: readonly Argument[], undo?: () => void): Promise<unknown>
  close(): void
}

const maxTries = 3
// Wait for a client that is connecting for the first time, but not for one that lost its server.
const lost = new Set(['close', 'end', 'reconnecting', 'disconnecting'])

function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(unreachable('redis_timeout')), limitMs)
    work.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(toAuthError(error))
      },
    )
  })
}

/**
 * Opens the commands on a client of the host's; `onError` is called for errors of the second connection that
 * it opens.
 */
export function createCommands(
  client: RedisLike,
  limits: CommandLimits,
  onError: (error: Error) => void,
): Commands {
  const { replicas, waitTimeoutMs, timeoutMs } = limits
  const writer = replicas > 0 ? client.duplicate() : null
  writer?.on('error', onError)

  async function evaluate(on: RedisLike, script: Script, parts: readonly [string, ...Argument[]], keys = 1) {
    if (lost.has(on.status)) throw unreachable('redis_unreachable')
    try {
      return await on.evalsha(script.sha, keys, ...parts)
    } catch (error) {
      if (replyCodeOf(error) !== 'NOSCRIPT') throw error
      return await on.eval(script.text, keys, ...parts)
    }
  }

  async function pipe(on: RedisLike, send: (pipeline: RedisPipelineLike) => void) {
    const pipeline = on.pipeline()
    send(pipeline)
    pipeline.wait(replicas, waitTimeoutMs)
    const [written, waited] = (await pipeline.exec()) ?? []
    const error = written?.[0] ?? waited?.[0]
    if (error !== null && error !== undefined) throw error
    return { result: written?.[1], acknowledged: waited?.[1] as number }
  }

  async function evaluateAndWait(
    on: RedisLike,
    script: Script,
    parts: readonly [string, ...Argument[]],
  ): Promise<unknown> {
    let known = true
    for (let tries = 1; ; tries++) {
      if (lost.has(on.status)) throw unreachable('redis_unreachable')
      try {
        const { result, acknowledged } = await pipe(on, (pipeline) =>
          known ? pipeline.evalsha(script.sha, 1, ...parts) : pipeline.eval(script.text, 1, ...parts),
        )
        if (acknowledged < replicas) throw unreachable('redis_replicas_behind')
        return result
      } catch (error) {
        const code = replyCodeOf(error)
        if (tries === maxTries || (code !== 'NOSCRIPT' && code !== 'MOVED')) throw error
        if (code === 'NOSCRIPT') known = false
        // A pipeline does not follow a slot that moved. A single command does, and the client remembers the
        // new node.
        else await on.eval('return redis.call("EXISTS", KEYS[1])', 1, parts[0])
      }
    }
  }

  const run: Commands['run'] = (script, key, args) =>
    within(evaluate(client, script, [key, ...args]), timeoutMs)

  // Detected by the first refusal: a client that a host wrapped looks like one of a single server.
  let isCluster = false

  return {
    waits: writer !== null,

    run,

    async runMany({ one, many }, keys, args) {
      if (!isCluster) {
        try {
          const [first = '', ...others] = keys
          const work = evaluate(client, many, [first, ...others, ...args], keys.length)
          return (await within(work, timeoutMs)) as unknown[]
        } catch (error) {
          if (!AuthError.is(error) || error.reason !== 'redis_crossslot') throw error
          isCluster = true
        }
      }
      return Promise.all(keys.map((key, index) => run(one, key, args.slice(index, index + 1))))
    },

    confirm(script, key, args, undo) {
      const parts = [key, ...args] as const
      const work = writer === null ? evaluate(client, script, parts) : evaluateAndWait(writer, script, parts)
      const limited = within(work, writer === null ? timeoutMs : timeoutMs + waitTimeoutMs)
      if (undo !== undefined) {
        limited.catch(() => {
          work.then(undo, undo)
        })
      }
      return limited
    },

    close: () => writer?.disconnect(),
  }
}
