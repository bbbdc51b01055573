/** Responses that are sent together. */

import { describe, expect, it } from 'vitest'
import { createResponseBatching } from './response-batching.js'

function openBursts() {
  const clock = { ms: 0 }
  return { clock, bursts: createResponseBatching(() => clock.ms) }
}

describe('an answer', () => {
  it('that is alone waits for nothing', () => {
    const { clock, bursts: nextBatch } = openBursts()
    for (let turn = 0; turn < 5; turn++) {
      expect(nextBatch()).toBeUndefined()
      clock.ms += 0.5
    }
  })

  it('waits for the end of the turn where another one came just before, and leaves with those after it', async () => {
    const { bursts: nextBatch } = openBursts()
    const order: string[] = []
    const leave = async (name: string) => {
      await nextBatch()
      order.push(name)
    }
    expect(nextBatch()).toBeUndefined()
    const leaving = ['first', 'second', 'third'].map(leave)
    setImmediate(() => order.push('the next turn'))
    await Promise.resolve()
    expect(order).toEqual([])
    await Promise.all(leaving)
    expect(order).toEqual(['first', 'second', 'third'])
  })

  it('waits in every turn while there are others, and no longer once it was alone in one', async () => {
    const { clock, bursts: nextBatch } = openBursts()
    const leave = async () => {
      await nextBatch()
    }
    await leave()
    await Promise.all([leave(), leave()])
    clock.ms += 10
    await Promise.all([leave(), leave()])
    clock.ms += 10
    const alone = nextBatch()
    expect(alone).toBeInstanceOf(Promise)
    await alone
    clock.ms += 10
    expect(nextBatch()).toBeUndefined()
  })
})
