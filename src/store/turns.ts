/**
 * Turns at a pool. A few of its connections are kept for urgent statements, so that a session check never stands behind
 * a storm of sign-ins; all others take turns at the rest.
 *
 * Invariants: (1) first come, first served; (2) nobody waits longer than they would for a connection of the pool; (3) a
 * turn ends with its statement, whatever becomes of it.
 */

/** Runs work when it is its turn. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

interface Waiter {
  readonly begin: () => void
  readonly timer: NodeJS.Timeout | undefined
}

/**
 * `most` at once. Whoever waits `timeoutMs` is refused; 0 lets them wait on, as the pool would.
 * @throws Error where a turn takes too long to come
 */
export function createTurns(most: number, timeoutMs: number): Turns {
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

  function run<T>(work: () => Promise<T>): Promise<T> {
    const result = work()
    result.then(leave, leave)
    return result
  }

  return <T>(work: () => Promise<T>) => {
    if (atWork < most) {
      atWork++
      return run(work)
    }
    return new Promise<T>((resolve, reject) => {
      const refuse = (): void => {
        waiting.delete(waiter)
        reject(new Error('timeout exceeded when waiting for a connection'))
      }
      const waiter: Waiter = {
        begin: () => resolve(run(work)),
        timer: timeoutMs === 0 ? undefined : setTimeout(refuse, timeoutMs),
      }
      waiting.add(waiter)
    })
  }
}
