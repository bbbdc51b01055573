/**
 * Answers that are ready within one turn of the event loop leave together at its end. A client or proxy on the same
 * machine is then woken once for all of them instead of once for each, which doubles what one process answers.
 *
 * Invariants: (1) who is alone waits for nothing; (2) nobody waits longer than until the end of the turn.
 */

// Answers that are this close came out of one turn.
const closeMs = 0.1

/** Whether to wait, and for what: the end of this turn, or undefined for whoever is alone. */
export type Bursts = () => Promise<void> | undefined

/** The batches of one listener; `clock` gives milliseconds with their fractions. */
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
