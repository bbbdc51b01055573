/**
 * A primary with one streaming standby, which is promoted under load after the network between them was cut and the
 * primary has died. Nodes reach the database through one address that is moved, as a virtual address or a pooler is.
 *
 * What `docs/scaling.md` says is lost: with asynchronous replication what was acknowledged since the cut, sign-ins and
 * revocations alike; with synchronous replication nothing that was acknowledged.
 */

import { afterEach, describe, expect, it } from 'vitest'
import { startPostgres } from '../harness/postgres.js'
import { environmentOf, populate, startNode } from './nodes.js'
import { startProxy } from './proxy.js'
import { execute, startStandby } from './standby.js'
import { startTraffic, tell } from './traffic.js'

const people = 4
const cutForMs = 2_000
const ends: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** What has to be ended is ended in the opposite order, also when a step fails. */
function later<T>(thing: T, end: (thing: T) => Promise<unknown>): T {
  ends.push(() => end(thing))
  return thing
}

async function until(met: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await met())) await new Promise((resolve) => setTimeout(resolve, 50))
}

async function openSystem(mode: 'async' | 'sync') {
  const primary = later(await startPostgres(), (server) => server.destroy())
  const emails = await populate(primary.url, people)
  const wire = later(await startProxy([primary.port]), (proxy) => proxy.close())
  const standby = later(await startStandby(wire.port), (server) => server.destroy())
  await until(async () => (await execute(primary.url, 'select from pg_stat_replication')).length === 1)
  if (mode === 'sync') {
    await execute(primary.url, `alter system set synchronous_standby_names = 'standby'`)
    await execute(primary.url, 'select pg_reload_conf()')
    const state = `select from pg_stat_replication where sync_state = 'sync'`
    await until(async () => (await execute(primary.url, state)).length === 1)
  }
  const address = later(await startProxy([primary.port]), (proxy) => proxy.close())
  const front = later(await startProxy([]), (proxy) => proxy.close())
  const databaseUrl = `postgres://postgres@127.0.0.1:${address.port}/postgres`
  const environment = environmentOf(databaseUrl, `http://127.0.0.1:${front.port}`)
  const nodes = await Promise.all(
    [1, 2].map(async () => later(await startNode(environment), (node) => node.stop())),
  )
  front.setBackends(nodes.map(({ port }) => port))
  return { primary, standby, wire, address, front, emails }
}

async function failOver(mode: 'async' | 'sync') {
  const { primary, standby, wire, address, front, emails } = await openSystem(mode)
  const traffic = startTraffic(front.port, emails)
  await traffic.progress(people * 2)
  const before = { signedIn: traffic.sight.signedIn, signedOut: traffic.sight.signedOut }
  wire.freeze()
  await new Promise((resolve) => setTimeout(resolve, cutForMs))
  if (mode === 'async') await traffic.progress(people * 2)
  const since = {
    signedIn: traffic.sight.signedIn - before.signedIn,
    signedOut: traffic.sight.signedOut - before.signedOut,
  }
  const start = performance.now()
  await primary.stop('immediate')
  await standby.promote()
  if (mode === 'sync') await execute(standby.url, `alter system reset synchronous_standby_names`)
  if (mode === 'sync') await execute(standby.url, 'select pg_reload_conf()')
  address.setBackends([standby.port])
  await traffic.progress(people)
  const outageMs = Math.round(performance.now() - start)
  const sight = await traffic.stop()
  const recount = await traffic.recount()
  tell(`failover, ${mode}`, sight, { sinceCut: since, outageMs, recount })
  return { sight, recount, since }
}

describe('a standby that is promoted under load', () => {
  it('has lost what was acknowledged since the cut, when replication is asynchronous', async () => {
    const { recount, since } = await failOver('async')
    expect(since.signedIn).toBeGreaterThan(0)
    expect(recount.lost + recount.revived).toBeGreaterThan(0)
    // One more for each person: what was under way at the cut.
    expect(recount.lost).toBeLessThanOrEqual(since.signedIn + people)
    expect(recount.revived).toBeLessThanOrEqual(since.signedOut + people)
  })

  it('has everything that was acknowledged, when replication is synchronous', async () => {
    const { sight, recount } = await failOver('sync')
    expect(sight).toMatchObject({ lost: 0, revived: 0 })
    expect(recount).toEqual({ lost: 0, revived: 0 })
  })
})
