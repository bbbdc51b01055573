/**
 * A semaphore for a limited resource: connections, or cores that hash.
 *
 * Invariants: (1) first come, first served: work that ends hands its slot to the next in line, so no later
 * caller can overtake; (2) a slot is freed when its work ends, however it ends.
 */

/** Limits how many run at the same time. */
export interface Semaphore {
  /** Runs work when a slot is free. @throws Error when that takes longer than the timeout */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Whether the next caller starts immediately. */
  isFree(): boolean
  /** How many callers wait. */
  waiting(): number
}

interface Waiter {
  readonly begin: () => void
  readonly timer: NodeJS.Timeout | undefined
}

/**
 * At most `most` at the same time. A caller that waits `timeoutMs` is refused; with 0 there is no timeout.
 */
export function createSemaphore(most: number, timeoutMs = 0): Semaphore {
  const waiting = new Set<Waiter>()
  let atWork = 0

  function leave(): void {
    const [next] = waiting
    if (next === undefined) {
      atWork--
      return
    }
    waiting.delete(next)
    clearTimeout(next.timer)
    next.begin()
  }

  function begun(): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = (): void => {
        waiting.delete(waiter)
        reject(new Error('timeout exceeded when waiting for a turn'))
      }
      const waiter: Waiter = {
        begin: resolve,
        timer: timeoutMs === 0 ? undefined : setTimeout(refuse, timeoutMs),
      }
      waiting.add(waiter)
    })
  }

  return {
    async run(work) {
      if (atWork < most) atWork++
      else await begun()
      try {
        return await work()
      } finally {
        leave()
      }
    },
    isFree: () => atWork < most,
    waiting: () => waiting.size,
  }
}
