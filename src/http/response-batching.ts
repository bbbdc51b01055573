/**
 * Responses that are ready within one turn of the event loop are sent together at its end. A client or proxy
 * on the same machine then wakes once for all of them, which doubles the throughput of one process.
 *
 * Invariants: (1) a single response waits for nothing; (2) no response waits longer than until the end of the
 * turn.
 */

// Responses this close together came from one turn.
const closeMs = 0.1

/** Returns a promise for the end of this turn, or undefined if there is no need to wait. */
export type Bursts = () => Promise<void> | undefined

/** Creates the batching of one listener; `clock` returns fractional milliseconds. */
export function createResponseBatching(clock: () => number): Bursts {
  let crowded = false
  let last = -Infinity
  let together = 0
  let turn: Promise<void> | undefined

  const endOfTurn = (): Promise<void> =>
    new Promise((resolve) =>
      setImmediate(() => {
        crowded = together > 1
        together = 0
        turn = undefined
        resolve()
      }),
    )

  return () => {
    if (!crowded) {
      const now = clock()
      crowded = now - last < closeMs
      last = now
      if (!crowded) return undefined
    }
    together++
    return (turn ??= endOfTurn())
  }
}
