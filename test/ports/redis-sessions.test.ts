/** The Store suite with its sessions on Redis: the same sentences, the same results. */

import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, it } from 'vitest'
import type { AuthOptions } from '../../src/index.js'
import { redisSessions } from '../../src/redis/index.js'
import type { RedisLike, RedisSessionsOptions } from '../../src/redis/index.js'
import { describeStore } from '../../src/testing/index.js'
import type { TestAuth } from '../../src/testing/index.js'
import { pglite, postgres } from '../harness/engines.js'
import { shiftClock, startRedis } from '../harness/redis.js'
import type { RedisServer } from '../harness/redis.js'

/** An engine whose sessions are on this client, and whose clock moves that of Redis along. */
async function openOn(
  client: RedisLike,
  open: (options: AuthOptions) => Promise<TestAuth>,
  options: Omit<RedisSessionsOptions, 'client'> = {},
): Promise<TestAuth> {
  let offsetMs = (): number => 0
  const moved = shiftClock(client, () => offsetMs())
  const opened = await open({ sessions: redisSessions({ client: moved, ...options }) })
  // The suite moves its clock by whole seconds.
  offsetMs = () => Math.round((opened.clock.now().getTime() - Date.now()) / 1000) * 1000
  return opened
}

describe.each([pglite, postgres])('$name and one Redis', ({ open }) => {
  let server: RedisServer
  let client: Redis

  beforeAll(async () => {
    server = await startRedis()
    client = new Redis({ host: '127.0.0.1', port: server.port })
  })
  afterAll(async () => {
    client.disconnect()
    await server.destroy()
  })

  describeStore({ describe, it, afterAll }, () => openOn(client, open))
})
