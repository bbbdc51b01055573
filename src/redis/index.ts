/**
 * `latchkey/redis`: stores sessions on Redis instead of in the user database, and sends revocation signals
 * through it.
 */

export { redisSessions } from './session-backend.js'
export type { RedisSessionsOptions } from './session-backend.js'
export type { RedisLike, RedisPipelineLike } from './client.js'
export { redisRevocations } from './revocation-channel.js'
export type {
  RedisPubSubLike,
  RedisRevocationChannel,
  RedisRevocationsOptions,
} from './revocation-channel.js'
