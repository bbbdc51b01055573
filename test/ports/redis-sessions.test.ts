/** The Store suite with its sessions on Redis: the same sentences, the same results. */

import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { describeStore } from '../../src/testing/index.js'
import { pglite, postgres } from '../harness/engines.js'
import { openWithRedis } from '../harness/redis-clock.js'
import { startRedis } from '../harness/redis.js'
import type { RedisServer } from '../harness/redis.js'

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

  describeStore({ describe, it, afterAll }, () => openWithRedis(client, open))
})
