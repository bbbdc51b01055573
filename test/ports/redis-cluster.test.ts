/** The Store suite with its sessions on a Redis Cluster, each write confirmed by the replica of its master. */

import type { Cluster } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeStore } from '../../src/testing/index.js'
import { postgres } from '../harness/engines.js'
import { openWithRedis } from '../harness/redis-clock.js'
import { askRedis, startRedisCluster } from '../harness/redis.js'
import type { RedisCluster } from '../harness/redis.js'

describe('six nodes', () => {
  let cluster: RedisCluster
  let client: Cluster

  beforeAll(async () => {
    cluster = await startRedisCluster()
    client = cluster.connect()
  })
  afterAll(async () => {
    client.disconnect()
    await cluster.destroy()
  })

  describeStore({ describe, it, afterAll }, () => openWithRedis(client, postgres.open, { replicas: 1 }))

  it('all hold sessions', async () => {
    const sizes = await Promise.all(cluster.servers.map(({ port }) => askRedis(port, 'dbsize')))
    expect(sizes).toHaveLength(6)
    for (const size of sizes) expect(size).toBeGreaterThan(0)
  })
})
