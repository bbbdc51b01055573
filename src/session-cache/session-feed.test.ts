/** The feed of ended sessions, with a store and a channel controlled by the test. */

import { describe, expect, it } from 'vitest'
import { AuthError } from '../base/index.js'
import { nodeSignal, sessionSignal, userSignal } from '../core/signals.js'
import { createSessionFeed } from './session-feed.js'

const idOf = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
const [ada, eve] = [idOf(901), idOf(902)]
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

// Ada has the sessions 1 and 2, and Eve 3.
function openFeed(maxWatches = 100) {
  const live = new Map([
    [ada, [idOf(1), idOf(2)]],
    [eve, [idOf(3)]],
  ])
  const world = {
    live,
    looks: [] as { userId: string; ids: string[] }[],
    faults: 0,
    broken: false,
    deaf: false,
    listening: 0,
    say: (signal: string | null): void => hear(signal),
  }
  let hear: (signal: string | null) => void = () => undefined
  const feed = createSessionFeed({
    sessions: {
      findLive: (userId, ids) => {
        world.looks.push({ userId, ids: [...ids] })
        if (world.broken) return Promise.reject(new AuthError('unavailable'))
        return Promise.resolve((live.get(userId) ?? []).filter((id) => ids.includes(id)))
      },
    },
    channel: {
      subscribe: (onSignal) => {
        if (world.deaf) return Promise.reject(new AuthError('unavailable'))
        hear = onSignal
        world.listening++
        return Promise.resolve(() => {
          world.listening--
          return Promise.resolve()
        })
      },
    },
    maxWatches,
    onFault: () => world.faults++,
  })
  return { feed, world }
}

describe('a channel that cannot be listened to', () => {
  it('is listened to by the next watch, and both are told', async () => {
    const { feed, world } = openFeed()
    const told: string[] = []
    world.deaf = true
    feed.subscribe(idOf(1), ada, () => told.push('before'))
    await turn()
    expect(world.faults).toBe(1)
    world.deaf = false
    feed.subscribe(idOf(2), ada, () => told.push('after'))
    await turn()
    expect(world.listening).toBe(1)
    world.live.set(ada, [])
    world.say(userSignal(ada))
    await turn()
    expect(told).toEqual(['before', 'after'])
    await feed.stop()
  })
})

describe('a watch over a session', () => {
  it('is told once that the session ended, by a word of it, of its user, or after a gap', async () => {
    for (const signal of [sessionSignal(idOf(1)), userSignal(ada), '*', null]) {
      const { feed, world } = openFeed()
      const told: string[] = []
      feed.subscribe(idOf(1), ada, () => told.push('first'))
      feed.subscribe(idOf(1), ada, () => told.push('second'))
      feed.subscribe(idOf(2), ada, () => told.push('spared'))
      feed.subscribe(idOf(3), eve, () => told.push('stranger'))
      await turn()
      expect(told).toEqual([])
      world.live.set(ada, [idOf(2)])
      world.say(signal)
      world.say(signal)
      await turn()
      expect(told).toEqual(['first', 'second'])
      expect(feed.count()).toBe(2)
      await feed.stop()
    }
  })

  it('is told of a session that had ended before anybody listened', async () => {
    const { feed, world } = openFeed()
    world.live.set(ada, [])
    let told = 0
    feed.subscribe(idOf(1), ada, () => told++)
    await turn()
    expect(told).toBe(1)
  })

  it('costs no look for the words of others and for signs of life', async () => {
    const { feed, world } = openFeed()
    feed.subscribe(idOf(1), ada, () => undefined)
    await turn()
    world.looks.length = 0
    for (const signal of [userSignal(eve), sessionSignal(idOf(3)), nodeSignal(idOf(7), '5')])
      world.say(signal)
    await turn()
    expect(world.looks).toEqual([])
  })

  it('is looked at alone: by its own word, and with those beside it by a word of their user', async () => {
    const { feed, world } = openFeed()
    feed.subscribe(idOf(1), ada, () => undefined)
    feed.subscribe(idOf(2), ada, () => undefined)
    await turn()
    const [both, one] = [[idOf(1), idOf(2)], [idOf(2)]]
    expect(world.looks).toEqual([{ userId: ada, ids: both }])
    world.say(sessionSignal(idOf(2)))
    await turn()
    world.say(userSignal(ada))
    await turn()
    expect(world.looks.slice(1)).toEqual([
      { userId: ada, ids: one },
      { userId: ada, ids: both },
    ])
    await feed.stop()
  })

  it('is not told any more once it stops, and stopping twice counts once', async () => {
    const { feed, world } = openFeed()
    let told = 0
    const stop = feed.subscribe(idOf(1), ada, () => told++)
    feed.subscribe(idOf(2), ada, () => undefined)
    stop()
    stop()
    expect(feed.count()).toBe(1)
    world.live.set(ada, [idOf(2)])
    world.say(userSignal(ada))
    await turn()
    expect(told).toBe(0)
  })

  it('is refused beyond the bound, and again possible when one stops', () => {
    const { feed } = openFeed(2)
    const stop = feed.subscribe(idOf(1), ada, () => undefined)
    feed.subscribe(idOf(2), ada, () => undefined)
    let refusal: unknown
    try {
      feed.subscribe(idOf(3), eve, () => undefined)
    } catch (error) {
      refusal = error
    }
    expect(AuthError.is(refusal, 'unavailable')).toBe(true)
    stop()
    feed.subscribe(idOf(3), eve, () => undefined)
    expect(feed.count()).toBe(2)
  })

  it('is refused as the fifth of a session and the seventeenth of a user, and hinders nobody else', () => {
    const { feed } = openFeed()
    const watch = (sessionId: string, userId: string) => () =>
      feed.subscribe(sessionId, userId, () => undefined)
    const refusalOf = (attempt: () => unknown): unknown => {
      try {
        attempt()
        return null
      } catch (error) {
        return AuthError.is(error, 'rate_limited') ? [error.reason, error.retryAfterMs] : error
      }
    }
    const stops = [1, 1, 1, 1].map((index) => watch(idOf(index), ada)())
    expect(refusalOf(watch(idOf(1), ada))).toEqual(['too_many_watches_of_session', 10_000])
    for (const index of [11, 12, 13]) for (let nth = 0; nth < 4; nth++) watch(idOf(index), ada)()
    expect(refusalOf(watch(idOf(14), ada))).toEqual(['too_many_watches_of_user', 10_000])
    expect([feed.count(), refusalOf(watch(idOf(3), eve))]).toEqual([16, null])
    stops[0]?.()
    expect(refusalOf(watch(idOf(1), ada))).toBeNull()
  })

  it('outlives a store that fails, and is told at the next word', async () => {
    const { feed, world } = openFeed()
    let told = 0
    feed.subscribe(idOf(1), ada, () => told++)
    await turn()
    world.live.set(ada, [])
    world.broken = true
    world.say(userSignal(ada))
    await turn()
    expect([told, world.faults]).toEqual([0, 1])
    world.broken = false
    world.say(userSignal(ada))
    await turn()
    expect(told).toBe(1)
  })

  it('listens from the first watch on, and leaves nothing behind', async () => {
    const { feed, world } = openFeed()
    expect(world.listening).toBe(0)
    feed.subscribe(idOf(1), ada, () => undefined)
    feed.subscribe(idOf(2), ada, () => undefined)
    expect(world.listening).toBe(1)
    await feed.stop()
    expect([world.listening, feed.count()]).toEqual([0, 0])
  })
})
