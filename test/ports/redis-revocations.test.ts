/** Word of ended sessions through Redis, on one server and on a cluster. */

import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { AuthError, ConfigError } from '../../src/index.js'
import { redisRevocations } from '../../src/redis/index.js'
import type { RedisPubSubLike } from '../../src/redis/index.js'
import { startRedis, startRedisCluster } from '../harness/redis.js'

const patience = { timeout: 30_000, interval: 20 }
const cleanings: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const clean of cleanings.splice(0).reverse()) await clean()
})

function connect(port: number): Redis {
  const client = new Redis({ host: '127.0.0.1', port, retryStrategy: () => 50 })
  client.on('error', () => undefined)
  cleanings.push(() => client.disconnect())
  return client
}

async function listen(client: RedisPubSubLike, prefix?: string) {
  const heard: (string | null)[] = []
  const channel = redisRevocations({ client, prefix })
  const stop = await channel.subscribe((word) => heard.push(word))
  cleanings.push(stop)
  return { channel, heard, stop }
}

describe('a word', () => {
  it('comes to every node in order, to nobody of another prefix, and to none that stopped', async () => {
    const server = await startRedis()
    cleanings.push(() => server.destroy())
    const [one, two] = [await listen(connect(server.port)), await listen(connect(server.port))]
    const other = await listen(connect(server.port), 'other')
    const words = Array.from({ length: 50 }, (_, index) => `s:${index}`)
    for (const word of words) await one.channel.publish(word)
    await expect.poll(() => [one.heard, two.heard], patience).toEqual([words, words])
    await two.stop()
    await one.channel.publish('last')
    await expect.poll(() => one.heard.at(-1), patience).toBe('last')
    expect([two.heard, other.heard]).toEqual([words, []])
  })

  it('that may have been missed is told as null, and the next one comes again', async () => {
    const server = await startRedis()
    cleanings.push(() => server.destroy())
    const { channel, heard } = await listen(connect(server.port))
    await server.kill()
    await server.start()
    await expect.poll(() => heard, patience).toEqual([null])
    await channel.publish('again')
    await expect.poll(() => heard, patience).toEqual([null, 'again'])
  })

  it('goes through a cluster, and goes on when the node that was listened to is killed', async () => {
    const cluster = await startRedisCluster()
    cleanings.push(() => cluster.destroy())
    const clients = [cluster.connect(), cluster.connect()] as const
    cleanings.push(() => clients.forEach((client) => client.disconnect()))
    const [one, two] = [await listen(clients[0]), await listen(clients[1])]
    await one.channel.publish('first')
    await expect.poll(() => two.heard, patience).toContain('first')
    await cluster.servers[0]?.kill()
    await cluster.servers[1]?.kill()
    let count = 0
    const isHeard = async (): Promise<boolean> => {
      await one.channel.publish(`later ${++count}`).catch(() => undefined)
      return [one, two].every(({ heard }) => heard.some((word) => word?.startsWith('later') === true))
    }
    await expect.poll(isHeard, patience).toBe(true)
  }, 120_000)

  it('is not sent where Redis is not there', async () => {
    const server = await startRedis()
    cleanings.push(() => server.destroy())
    const client = new Redis({ host: '127.0.0.1', port: server.port, retryStrategy: () => null })
    client.on('error', () => undefined)
    await client.ping()
    await server.kill()
    const refused: unknown = await redisRevocations({ client })
      .publish('word')
      .catch((error: unknown) => error)
    expect(AuthError.is(refused, 'unavailable')).toBe(true)
    expect(() => redisRevocations({ client: {} as never })).toThrow(ConfigError)
  })
})
