/**
 * Three nodes on one PostgreSQL behind a proxy that takes turns. One is killed, all are restarted, and the schema is
 * migrated, while people sign in and out.
 *
 * The budget of errors: a node that is killed may fail the one request that each person has under way, and nothing
 * else. A restart out of rotation, and a rolling migration, may fail none.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PostgresServer } from '../harness/postgres.js'
import { startPostgres } from '../harness/postgres.js'
import type { Node } from './nodes.js'
import { environmentOf, populate, startNode } from './nodes.js'
import type { Proxy } from './proxy.js'
import { startProxy } from './proxy.js'
import { makeNextRelease } from './release.js'
import { errorsOf, startTraffic, tell } from './traffic.js'

const people = 6
let server: PostgresServer
let proxy: Proxy
let environment: Record<string, string>
let emails: string[]
let nodes: Node[]

beforeAll(async () => {
  server = await startPostgres()
  proxy = await startProxy([])
  emails = await populate(server.url, people)
  environment = environmentOf(server.url, `http://127.0.0.1:${proxy.port}`)
  nodes = await Promise.all([1, 2, 3].map(() => startNode(environment)))
  rotate()
})

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
  await proxy.close()
  await server.destroy()
})

function rotate(without?: Node): void {
  proxy.setBackends(nodes.filter((node) => node !== without).map(({ port }) => port))
}

// Out of rotation first, then ended, then its successor in its place.
async function replace(index: number, main?: string): Promise<void> {
  const old = nodes[index] as Node
  rotate(old)
  expect(await old.stop()).toBe(0)
  nodes[index] = await startNode(environment, main)
  rotate()
}

async function migrateBy(main: string): Promise<number | null> {
  const child = spawn(process.execPath, [main, 'migrate'], {
    env: { ...process.env, ...environment },
    stdio: 'ignore',
  })
  const [status] = (await once(child, 'exit')) as [number | null]
  return status
}

async function readiness(): Promise<number[]> {
  const ask = async ({ port }: Node): Promise<number> =>
    (await fetch(`http://127.0.0.1:${port}/auth/ready`)).status
  return Promise.all(nodes.map(ask))
}

describe('three nodes', () => {
  it('lose nothing that was acknowledged when one is killed, and fail no more than what was under way', async () => {
    const traffic = startTraffic(proxy.port, emails)
    await traffic.progress(people * 2)
    await (nodes[1] as Node).kill()
    await traffic.progress(people * 4)
    nodes[1] = await startNode(environment)
    rotate()
    await traffic.progress(people * 4)
    const sight = await traffic.stop()
    const recount = await traffic.recount()
    tell('one of three nodes killed', sight, { recount })
    expect(sight).toMatchObject({ lost: 0, revived: 0 })
    expect(recount).toEqual({ lost: 0, revived: 0 })
    expect(errorsOf(sight)).toBeLessThanOrEqual(people)
  })

  it('are restarted one after the other without one failed request', async () => {
    const traffic = startTraffic(proxy.port, emails)
    for (const index of nodes.keys()) {
      await traffic.progress(people)
      await replace(index)
    }
    await traffic.progress(people * 2)
    const sight = await traffic.stop()
    const recount = await traffic.recount()
    tell('three nodes restarted in turn', sight, { recount })
    expect(sight).toMatchObject({ lost: 0, revived: 0 })
    expect(recount).toEqual({ lost: 0, revived: 0 })
    expect(Object.fromEntries(sight.errors)).toEqual({})
  })

  it('are migrated under load by two at once, and replaced by the next release without one failed request', async () => {
    const next = await makeNextRelease()
    try {
      const traffic = startTraffic(proxy.port, emails)
      await traffic.progress(people)
      expect(await Promise.all([migrateBy(next.main), migrateBy(next.main)])).toEqual([0, 0])
      // The old release goes on with the new schema until its turn comes, and a balancer leaves it in rotation.
      expect(await readiness()).toEqual([200, 200, 200])
      await traffic.progress(people * 2)
      for (const index of nodes.keys()) {
        await replace(index, next.main)
        await traffic.progress(people)
      }
      const sight = await traffic.stop()
      const recount = await traffic.recount()
      tell('rolling migration of three nodes', sight, { recount })
      expect(sight).toMatchObject({ lost: 0, revived: 0 })
      expect(recount).toEqual({ lost: 0, revived: 0 })
      expect(Object.fromEntries(sight.errors)).toEqual({})
    } finally {
      next.remove()
    }
  })
})
