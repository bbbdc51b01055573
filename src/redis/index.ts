/** `latchkey/redis`: sessions on Redis instead of in the database of users, and word of their ends through it. */

export { redisSessions } from './session-backend.js'
export type { RedisSessionsOptions } from './session-backend.js'
export type { RedisLike, RedisPipelineLike } from './client.js'
export { redisRevocations } from './revocation-channel.js'
export type {
  RedisPubSubLike,
  RedisRevocationChannel,
  RedisRevocationsOptions,
} from './revocation-channel.js'
