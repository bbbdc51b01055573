/** A bounded pool with a bounded queue, first come, first served. What does not fit is refused at once. */

import { AuthError } from '../base/index.js'

/** Runs tasks, so many at once. */
export interface Pool {
  /** @throws AuthError `rate_limited` when the queue is full */
  run<T>(task: () => Promise<T>): Promise<T>
  /** Tasks that wait. */
  queued(): number
}

// About one hash of the default cost on one core.
const hashMs = 10

/** `concurrency` tasks at once, and `queue` waiting. */
export function createPool(limits: { readonly concurrency: number; readonly queue: number }): Pool {
  const { concurrency, queue } = limits
  const waiting: (() => void)[] = []
  let running = 0

  return {
    queued: () => waiting.length,

    async run(task) {
      if (running >= concurrency) {
        if (waiting.length >= queue) {
          const retryAfterMs = Math.max(1000, Math.ceil((queue / concurrency) * hashMs))
          throw new AuthError('rate_limited', { reason: 'hash_queue_full', retryAfterMs })
        }
        // Whoever ends hands its place over, so that nobody who comes later slips in between.
        await new Promise<void>((resolve) => waiting.push(resolve))
      } else {
        running++
      }
      try {
        return await task()
      } finally {
        const next = waiting.shift()
        if (next === undefined) running--
        else next()
      }
    },
  }
}
