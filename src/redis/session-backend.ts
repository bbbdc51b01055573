/**
 * `redisSessions`: stores sessions on Redis instead of in the user database.
 *
 * Invariants: (1) its options are checked when it is created, and all mistakes are reported together; (2) the
 * host's client is neither configured nor closed here.
 */

import { ConfigError, parseDuration } from '../base/index.js'
import type { Duration } from '../base/index.js'
import type { SessionBackend } from '../core/index.js'
import { createCommands } from './client.js'
import type { CommandLimits, RedisLike } from './client.js'
import { createEndings } from './revocation.js'
import { createRecords } from './records.js'
import { listSessions } from './scripts.js'
import { createKeptSessions } from './sessions.js'

/** The options of `redisSessions`. Durations are texts such as `'1s'`. */
export interface RedisSessionsOptions {
  /** A `Redis` or a `Cluster` of ioredis. */
  readonly client: RedisLike
  /** The prefix of all keys. Default: `latchkey`. */
  readonly prefix?: string | undefined
  /** How many replicas must have a new session or a revocation before it is acknowledged. Default: 0. */
  readonly replicas?: number | undefined
  /** How long to wait for the replicas. Default: `'1s'`. */
  readonly waitTimeout?: Duration | undefined
  /** How long Redis may take to answer. Default: `'1s'`. */
  readonly timeout?: Duration | undefined
}

const methods = ['evalsha', 'eval', 'pipeline', 'duplicate', 'on', 'disconnect'] as const
const maxReplicas = 5

function readClient(client: unknown, faults: string[]): RedisLike {
  const fits =
    typeof client === 'object' &&
    client !== null &&
    methods.every((method) => typeof (client as Record<string, unknown>)[method] === 'function')
  if (!fits) faults.push('redisSessions: client: must be a Redis or a Cluster of ioredis.')
  return client as RedisLike
}

function readLimits(options: Partial<RedisSessionsOptions>, faults: string[]): CommandLimits {
  const { replicas = 0, waitTimeout = '1s', timeout = '1s' } = options
  const [waitTimeoutMs, timeoutMs] = [parseDuration(waitTimeout), parseDuration(timeout)]
  if (!Number.isInteger(replicas) || replicas < 0 || replicas > maxReplicas)
    faults.push(`redisSessions: replicas: must be a whole number from 0 to ${maxReplicas}.`)
  if (waitTimeoutMs === null) faults.push("redisSessions: waitTimeout: must be a duration such as '1s'.")
  if (timeoutMs === null) faults.push("redisSessions: timeout: must be a duration such as '1s'.")
  return { replicas, waitTimeoutMs: waitTimeoutMs ?? 0, timeoutMs: timeoutMs ?? 0 }
}

/**
 * Stores sessions on Redis or a Redis Cluster. Users, and the mark that ends all sessions of a user, stay in
 * Postgres.
 * @throws ConfigError that lists all mistakes in the options
 */
export function redisSessions(options: RedisSessionsOptions): SessionBackend {
  const faults: string[] = []
  const given = (options as Partial<RedisSessionsOptions> | undefined) ?? {}
  const client = readClient(given.client, faults)
  const limits = readLimits(given, faults)
  const { prefix = 'latchkey' } = given
  if (typeof prefix !== 'string' || !/^[A-Za-z0-9_.:-]{1,64}$/.test(prefix)) {
    faults.push('redisSessions: prefix: must be up to 64 letters, digits and _ . : -, such as latchkey.')
  }
  if (faults.length > 0) throw new ConfigError(faults)

  return {
    open({ session, logger }) {
      const commands = createCommands(client, limits, (error) => {
        logger.warn({ error: error.message }, 'a connection to Redis was lost')
      })
      const records = createRecords(commands, prefix, session)
      return {
        over(beside) {
          const endings = createEndings(records, logger, beside)
          const { users, passwords, verifications } = endings
          const sessions = createKeptSessions(records, endings, beside)
          return { ...beside.store, users, passwords, verifications, sessions }
        },
        async isReachable() {
          try {
            await commands.run(listSessions, `${prefix}:health`, [1])
            return true
          } catch {
            return false
          }
        },
        async close() {
          commands.close()
          await Promise.resolve()
        },
      }
    },
  }
}
