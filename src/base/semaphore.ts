/**
 * Turns at something of which there is only so much: connections, or cores that hash.
 *
 * Invariants: (1) first come, first served: whoever ends hands its place over, so that nobody who comes later slips in
 * between; (2) a turn ends with its work, whatever becomes of it.
 */

/** So many at once. */
export interface Semaphore {
  /** Runs work when it is its turn. @throws Error where that takes longer than it may */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Whether whoever comes now begins at once. */
  isFree(): boolean
  /** How many wait. */
  waiting(): number
}

interface Waiter {
  readonly begin: () => void
  readonly timer: NodeJS.Timeout | undefined
}

/** `most` at once. Whoever waits `timeoutMs` is refused; 0 lets them wait on. */
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
