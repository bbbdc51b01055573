/** Lookups that share a statement, with statements that complete when the test says so. */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { createQueryBatching } from './query-batching.js'

interface Sent {
  readonly asks: readonly number[]
  answer(): void
  fail(fault: unknown): void
}

// Answers each lookup with ten times its value, once the test completes the statement.
function heldBatches() {
  const sent: Sent[] = []
  function send<T>(asks: readonly number[], answer: T): Promise<T> {
    return new Promise((resolve, reject) => {
      sent.push({ asks, answer: () => resolve(answer), fail: reject })
    })
  }
  const ask = createQueryBatching<number, number>({
    one: (value) => send([value], value * 10),
    many: (values) =>
      send(
        values,
        values.map((value) => value * 10),
      ),
  })
  return { ask, sent }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

// Batches whose last statement was shared, with nothing running and nothing waiting.
async function batchesAfterCrowd() {
  const { ask, sent } = heldBatches()
  const crowd = [1, 2, 3, 4].map(ask)
  sent[0]?.answer()
  sent[1]?.answer()
  await turn()
  sent[2]?.answer()
  await Promise.all(crowd)
  await turn()
  return { ask, sent }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('look-ups', () => {
  it('go out at once and alone while a place is free', async () => {
    const { ask, sent } = heldBatches()
    const answers = [ask(1), ask(2)]
    expect(sent.map(({ asks }) => asks)).toEqual([[1], [2]])
    for (const each of sent) each.answer()
    expect(await Promise.all(answers)).toEqual([10, 20])
  })

  it('share the next statement when both places are taken, each with its own answer', async () => {
    const { ask, sent } = heldBatches()
    const answers = [1, 2, 3, 4, 3].map(ask)
    sent[0]?.answer()
    await turn()
    expect(sent.map(({ asks }) => asks)).toEqual([[1], [2], [3, 4, 3]])
    for (const each of sent) each.answer()
    expect(await Promise.all(answers)).toEqual([10, 20, 30, 40, 30])
  })

  it('are gathered again from those who ask as soon as they are answered', async () => {
    const { ask, sent } = heldBatches()
    const twice = [1, 2, 3, 4, 5].map(async (value) => ask((await ask(value)) + 1))
    sent[0]?.answer()
    await turn()
    sent[2]?.answer()
    await turn()
    expect(sent.map(({ asks }) => asks)).toEqual([[1], [2], [3, 4, 5], [11, 31, 41, 51]])
    sent[1]?.answer()
    await turn()
    for (const each of sent) each.answer()
    await turn()
    for (const each of sent) each.answer()
    expect(await Promise.all(twice)).toEqual([110, 210, 310, 410, 510])
  })

  it('after a crowd wait for the end of the turn, since others come in it', async () => {
    const { ask, sent } = await batchesAfterCrowd()
    const next = [ask(5), ask(6)]
    expect(sent).toHaveLength(3)
    await turn()
    expect(sent[3]?.asks).toEqual([5, 6])
    sent[3]?.answer()
    expect(await Promise.all(next)).toEqual([50, 60])
  })

  it('go out at once again after one that came alone', async () => {
    const { ask, sent } = await batchesAfterCrowd()
    const alone = ask(5)
    await turn()
    sent[3]?.answer()
    expect(await alone).toBe(50)
    void ask(6)
    expect(sent[4]?.asks).toEqual([6])
  })

  it('share a fault with their own statement alone', async () => {
    const { ask, sent } = heldBatches()
    const answers = Promise.allSettled([1, 2, 3, 4].map(ask))
    sent[0]?.answer()
    await turn()
    const after = ask(5)
    const fault = new Error('gone')
    sent[2]?.fail(fault)
    sent[1]?.answer()
    await turn()
    expect(sent.at(-1)?.asks).toEqual([5])
    sent.at(-1)?.answer()
    expect(
      (await answers).map((each) => (each.status === 'rejected' ? (each.reason as unknown) : each.value)),
    ).toEqual([10, 20, fault, fault])
    expect(await after).toBe(50)
  })

  it('are served in their order, ten thousand of them, at most 512 together', async () => {
    const { ask, sent } = heldBatches()
    const order: number[] = []
    const all = Array.from({ length: 10_000 }, (_, value) =>
      ask(value).then((answer) => {
        order.push(answer / 10)
      }),
    )
    for (let index = 0; index < sent.length; index++) {
      sent[index]?.answer()
      await turn()
    }
    await Promise.all(all)
    expect(order).toEqual(Array.from({ length: 10_000 }, (_, value) => value))
    expect(Math.max(...sent.map(({ asks }) => asks.length))).toBe(512)
    expect(sent.length).toBeLessThan(25)
  })

  it('do not wait behind statements that hang: after a second two others go out', async () => {
    vi.useFakeTimers()
    const { ask, sent } = heldBatches()
    const answers = [1, 2, 3, 4].map(ask)
    await vi.advanceTimersByTimeAsync(999)
    expect(sent).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(sent.map(({ asks }) => asks)).toEqual([[1], [2], [3, 4]])
    for (const each of sent) each.answer()
    expect(await Promise.all(answers)).toEqual([10, 20, 30, 40])
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1)
  })

  it('that come back after they were given up on make no third place', async () => {
    vi.useFakeTimers()
    const { ask, sent } = heldBatches()
    const answers = [1, 2, 3, 4].map(ask)
    await vi.advanceTimersByTimeAsync(1000)
    answers.push(ask(5))
    await vi.advanceTimersByTimeAsync(0)
    answers.push(ask(6))
    sent[0]?.answer()
    sent[1]?.answer()
    await vi.advanceTimersByTimeAsync(0)
    expect(sent.map(({ asks }) => asks)).toEqual([[1], [2], [3, 4], [5]])
    for (const each of sent) each.answer()
    await vi.advanceTimersByTimeAsync(0)
    for (const each of sent) each.answer()
    expect(await Promise.all(answers)).toEqual([10, 20, 30, 40, 50, 60])
  })
})
