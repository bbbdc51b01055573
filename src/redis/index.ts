/** `latchkey/redis`: sessions on Redis instead of in the database of users. */

export { redisSessions } from './keeper.js'
export type { RedisSessionsOptions } from './keeper.js'
export type { RedisLike, RedisPipelineLike } from './client.js'
