/**
 * A limited pool with a limited queue, first come, first served. When the queue is full, a task is refused
 * immediately.
 */

import { AuthError, createSemaphore } from '../base/index.js'

/** Runs a limited number of tasks at once. */
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
  const semaphore = createSemaphore(concurrency)

  return {
    queued: () => semaphore.waiting(),

    async run(task) {
      if (!semaphore.isFree() && semaphore.waiting() >= queue) {
        const retryAfterMs = Math.max(1000, Math.ceil((queue / concurrency) * hashMs))
        throw new AuthError('rate_limited', { reason: 'hash_queue_full', retryAfterMs })
      }
      return semaphore.run(task)
    },
  }
}
