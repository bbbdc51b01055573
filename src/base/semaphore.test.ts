/** Semaphores. */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSemaphore } from './semaphore.js'

// Work that ends when the test says so.
function openWork() {
  const begun: string[] = []
  const ends = new Map<string, { resolve: (value: string) => void; reject: (error: Error) => void }>()
  const work = (name: string) => () => {
    begun.push(name)
    return new Promise<string>((resolve, reject) => ends.set(name, { resolve, reject }))
  }
  return { begun, ends, work }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('turns', () => {
  it('come at once while there are any, then in the order of asking', async () => {
    const { begun, ends, work } = openWork()
    const semaphore = createSemaphore(2, 0)
    const results = ['a', 'b', 'c', 'd'].map((name) => semaphore.run(work(name)))
    expect(begun).toEqual(['a', 'b'])
    ends.get('b')?.resolve('B')
    await results[1]
    expect(begun).toEqual(['a', 'b', 'c'])
    ends.get('a')?.resolve('A')
    await results[0]
    expect(begun).toEqual(['a', 'b', 'c', 'd'])
    ends.get('c')?.resolve('C')
    ends.get('d')?.resolve('D')
    expect(await Promise.all(results)).toEqual(['A', 'B', 'C', 'D'])
  })

  it('end with their work, also where it fails', async () => {
    const { begun, ends, work } = openWork()
    const semaphore = createSemaphore(1, 0)
    const failing = semaphore.run(work('a'))
    const next = semaphore.run(work('b'))
    ends.get('a')?.reject(new Error('of the work'))
    await expect(failing).rejects.toThrow('of the work')
    expect(begun).toEqual(['a', 'b'])
    ends.get('b')?.resolve('B')
    expect(await next).toBe('B')
  })

  it('end with work that fails before it gave a promise', async () => {
    const semaphore = createSemaphore(1)
    const failing = semaphore.run(() => {
      throw new Error('at once')
    })
    await expect(failing).rejects.toThrow('at once')
    expect(semaphore.isFree()).toBe(true)
    expect(await semaphore.run(() => Promise.resolve('next'))).toBe('next')
  })

  it('that are too long in coming are refused, and taken by nobody', async () => {
    vi.useFakeTimers()
    const { begun, ends, work } = openWork()
    const semaphore = createSemaphore(1, 5000)
    const first = semaphore.run(work('a'))
    const late = semaphore.run(work('b')).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(4000)
    const inTime = semaphore.run(work('c'))
    await vi.advanceTimersByTimeAsync(1000)
    expect(await late).toMatchObject({ message: 'timeout exceeded when waiting for a turn' })
    ends.get('a')?.resolve('A')
    expect(await first).toBe('A')
    expect(begun).toEqual(['a', 'c'])
    ends.get('c')?.resolve('C')
    expect(await inTime).toBe('C')
    expect(vi.getTimerCount()).toBe(0)
  })
})
