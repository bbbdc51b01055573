/** The session cache, with a store and a channel controlled by the test. */

import { describe, expect, it } from 'vitest'
import type { FoundSession, SessionStore } from '../core/ports/index.js'
import type { RevocationChannel } from '../core/signals.js'
import { sessionSignal, userSignal } from '../core/signals.js'
import { createSessionCache } from './session-cache.js'

const minute = 60_000
const secretHash = new Uint8Array(32).fill(7)
const idOf = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
const userId = idOf(999)

function sessionOf(id: string, livesMs: number): FoundSession {
  const readAt = new Date(1_000_000)
  const end = new Date(readAt.getTime() + livesMs)
  return {
    readAt,
    user: {
      id: userId,
      name: null,
      username: null,
      metadata: {},
      anonymous: false,
      disabledAt: null,
      createdAt: readAt,
      updatedAt: readAt,
    },
    session: {
      id,
      userId,
      authenticatedAt: readAt,
      seenAt: readAt,
      idleExpiresAt: end,
      expiresAt: new Date(end.getTime() + minute),
      methods: [],
      ip: null,
      userAgent: null,
      createdAt: readAt,
    },
  }
}

interface World {
  readonly maxEntries?: number
  readonly inCommit?: boolean
  readonly livesMs?: number
}

// A node with a cache. Heartbeats come back immediately unless `deaf`; lookups complete immediately unless
// `held`.
async function openNode({ maxEntries = 100, inCommit = true, livesMs = 10 * minute }: World = {}) {
  const node = {
    nowMs: 0,
    deaf: false,
    mute: false,
    renewals: 0,
    asked: 0,
    changes: [] as boolean[],
    held: null as Promise<void> | null,
    say: (signal: string | null): void => hear(signal),
    beat: (): void => undefined,
    nonces: 0,
    foreign: [] as number[],
  }
  let hear: (signal: string | null) => void = () => undefined
  const channel: RevocationChannel = {
    inCommit,
    publish: (signal) => {
      if (node.mute) return Promise.reject(new Error('mute'))
      if (!node.deaf) hear(signal)
      return Promise.resolve()
    },
    subscribe: (onSignal) => {
      hear = onSignal
      return Promise.resolve(() => Promise.resolve())
    },
    renew: () => {
      node.renewals++
    },
  }
  const sessions = {
    async find(id: string) {
      node.asked++
      await node.held
      return sessionOf(id, livesMs)
    },
    async findUser(id: string) {
      node.asked++
      await node.held
      return sessionOf(id, livesMs).user
    },
  } as unknown as SessionStore
  const cache = createSessionCache({
    sessions,
    channel,
    nodeId: idOf(1),
    newNonce: () => String(++node.nonces),
    onForeignWords: (count) => node.foreign.push(count),
    maxLagMs: 2000,
    maxEntries,
    clock: () => node.nowMs,
    every: (_, task) => {
      node.beat = task
      return () => undefined
    },
    onChange: (trusted) => node.changes.push(trusted),
  })
  await cache.start()
  const find = (index: number) => cache.store.find(idOf(index), secretHash)
  return { node, cache, find }
}

// How often the session is looked up in the store.
async function asksFor({ node, find }: Awaited<ReturnType<typeof openNode>>, index: number): Promise<number> {
  const before = node.asked
  await find(index)
  return node.asked - before
}

describe('what is in memory', () => {
  it('is used while signs of life come back, for the session and for its user alone', async () => {
    const world = await openNode()
    expect(world.cache.state()).toBe('trusted')
    expect([await asksFor(world, 5), await asksFor(world, 5)]).toEqual([1, 0])
    expect((await world.cache.store.findUser(idOf(5), secretHash))?.id).toBe(userId)
    expect(world.node.asked).toBe(1)
  })

  it('opens to no other secret', async () => {
    const world = await openNode()
    await world.find(5)
    await world.cache.store.find(idOf(5), new Uint8Array(32).fill(8))
    expect(world.node.asked).toBe(2)
  })

  it('is not used later than the idle or the absolute end', async () => {
    const world = await openNode({ livesMs: 500 })
    await world.find(5)
    world.node.nowMs = 499
    expect(await asksFor(world, 5)).toBe(0)
    world.node.nowMs = 500
    expect(await asksFor(world, 5)).toBe(1)
  })

  it('is bounded: the longest unused goes', async () => {
    const world = await openNode({ maxEntries: 3 })
    for (const index of [1, 2, 3, 1, 4]) await world.find(index)
    expect(world.cache.size()).toBe(3)
    expect([await asksFor(world, 1), await asksFor(world, 3), await asksFor(world, 4)]).toEqual([0, 0, 0])
    expect(await asksFor(world, 2)).toBe(1)
  })

  it('is forgotten by the word of its session, of its user, of anything, and of what is not understood', async () => {
    const world = await openNode()
    for (const signal of [sessionSignal(idOf(5)), userSignal(userId), '*', 'x:of a newer version', '']) {
      // Signals that invalidate everything are combined for a second.
      world.node.nowMs += 1000
      world.node.beat()
      await world.find(5)
      expect(await asksFor(world, 5)).toBe(0)
      world.node.say(signal)
      expect(await asksFor(world, 5)).toBe(1)
    }
    world.node.say(sessionSignal(idOf(6)))
    world.node.say(userSignal(idOf(998)))
    expect(await asksFor(world, 5)).toBe(0)
  })
})

describe('a look-up that is under way', () => {
  it.each([
    ['its session', sessionSignal(idOf(5))],
    ['its user', userSignal(userId)],
    ['everything', '*'],
  ])('while a word of %s comes leaves nothing behind', async (_, signal) => {
    const world = await openNode()
    let answer: () => void = () => undefined
    world.node.held = new Promise((resolve) => (answer = resolve))
    const found = world.find(5)
    world.node.say(signal)
    answer()
    await found
    world.node.held = null
    expect(await asksFor(world, 5)).toBe(1)
    expect(await asksFor(world, 5)).toBe(0)
  })

  it('while more words come than are kept is taken for outdated', async () => {
    const world = await openNode()
    let answer: () => void = () => undefined
    world.node.held = new Promise((resolve) => (answer = resolve))
    const found = world.find(5)
    world.node.say(sessionSignal(idOf(5)))
    for (let index = 0; index < 1500; index++) world.node.say(sessionSignal(idOf(10_000 + index)))
    answer()
    await found
    world.node.held = null
    expect(await asksFor(world, 5)).toBe(1)
  })
})

describe('a node that hears nothing', () => {
  it('asks the store once its last sign of life is as old as the bound, and says so', async () => {
    const world = await openNode()
    await world.find(5)
    world.node.deaf = true
    world.node.nowMs = 1999
    expect(await asksFor(world, 5)).toBe(0)
    world.node.nowMs = 2000
    world.node.beat()
    expect([await asksFor(world, 5), await asksFor(world, 5)]).toEqual([1, 1])
    expect(world.cache.state()).toBe('bypassed')
    expect(world.node.changes).toEqual([true, false])
    world.node.deaf = false
    world.node.nowMs = 2500
    world.node.beat()
    expect(world.cache.state()).toBe('trusted')
    expect(world.node.changes).toEqual([true, false, true])
  })

  it('does not believe a sign that it sent before a gap, nor one of another node', async () => {
    const world = await openNode()
    await world.find(5)
    world.node.deaf = true
    world.node.nowMs = 99
    world.node.beat()
    await world.find(6)
    world.node.nowMs = 100
    world.node.say(null)
    expect(world.cache.state()).toBe('bypassed')
    expect(world.node.nonces).toBe(3)
    world.node.say(`p:${idOf(1)}:2`)
    world.node.say(`p:${idOf(2)}:3`)
    expect(world.cache.state()).toBe('bypassed')
    world.node.say(`p:${idOf(1)}:3`)
    expect(world.cache.state()).toBe('trusted')
    expect(await asksFor(world, 5)).toBe(1)
  })

  it('is not extended by a stranger who has heard the signs, nor stopped by any word', async () => {
    const world = await openNode()
    const signals = [1, 2, 99, '9'.repeat(32), '.', '1.2.3'].map((nonce) => `p:${idOf(1)}:${nonce}`)
    for (const signal of [...signals, 'p:', '*', '', '\0']) world.node.say(signal)
    expect([world.cache.state(), world.node.foreign]).toEqual(['trusted', [1]])
    world.node.deaf = true
    world.node.nowMs = 1999
    for (const signal of signals) world.node.say(signal)
    expect(world.cache.state()).toBe('trusted')
    world.node.nowMs = 2000
    for (const signal of signals) world.node.say(signal)
    expect(world.cache.state()).toBe('bypassed')
    world.node.deaf = false
    world.node.beat()
    expect(world.cache.state()).toBe('trusted')
  })

  it('is used beside a flood of words by a stranger that mean everything, and cleared once a second', async () => {
    const world = await openNode()
    await world.find(5)
    let asked = 0
    for (world.node.nowMs = 0; world.node.nowMs < 10_000; world.node.nowMs += 10) {
      if (world.node.nowMs % 500 === 0) world.node.beat()
      world.node.say('*')
      asked += await asksFor(world, 5)
    }
    expect(asked).toBe(10)
    expect(world.node.foreign).toEqual([1])
  })

  it('listens anew when signs go out and none comes back for two bounds, and not while none goes out', async () => {
    const world = await openNode()
    world.node.mute = true
    for (world.node.nowMs = 500; world.node.nowMs <= 10_000; world.node.nowMs += 500) {
      world.node.beat()
      await Promise.resolve()
    }
    expect(world.node.renewals).toBe(0)
    world.node.mute = false
    world.node.deaf = true
    for (; world.node.nowMs <= 20_000; world.node.nowMs += 500) {
      world.node.beat()
      await Promise.resolve()
    }
    expect(world.node.renewals).toBeGreaterThanOrEqual(2)
    expect(world.node.renewals).toBeLessThanOrEqual(3)
  })
})

describe('a channel that sends after the commit', () => {
  it('may lose a word, so nothing is used for longer than the bound', async () => {
    const world = await openNode({ inCommit: false })
    await world.find(5)
    world.node.nowMs = 1500
    world.node.beat()
    world.node.nowMs = 1999
    expect(await asksFor(world, 5)).toBe(0)
    world.node.nowMs = 2000
    expect(world.cache.state()).toBe('trusted')
    expect(await asksFor(world, 5)).toBe(1)
  })
})
