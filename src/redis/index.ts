/** `latchkey/redis`: sessions on Redis instead of in the database of users, and word of their ends through it. */

export { redisSessions } from './keeper.js'
export type { RedisSessionsOptions } from './keeper.js'
export type { RedisLike, RedisPipelineLike } from './client.js'
export { redisRevocations } from './revocations.js'
export type { RedisPubSubLike, RedisRevocationChannel, RedisRevocationsOptions } from './revocations.js'
