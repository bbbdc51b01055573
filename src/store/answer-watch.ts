/**
 * One time limit for the answers of a whole pool, instead of one timer for each statement: a session check
 * costs a few tens of microseconds, of which such a timer is a noticeable share.
 *
 * Invariants: (1) a connection that took a statement and did not answer within the limit, or at most half a
 * second later, is destroyed, and its statement fails; (2) nothing is scheduled while no statement waits for
 * an answer; (3) a connection that was checked out for a transaction is not watched, as the time between two
 * of its statements is the caller's.
 */

/** The error message of `pg` when it stops waiting for an answer. */
export const unanswered = 'Query read timeout'

/** The events of a `pg` pool: a statement's connection is acquired when it is sent, and released when it ends. */
interface WatchedPool {
  on(event: string, listener: (...given: never[]) => void): unknown
}

/** The stream to destroy when a server no longer answers. */
export interface Cuttable {
  readonly connection?: { readonly stream?: { destroy(error?: Error): unknown } }
}

const lookEveryMs = 500

/** Watches every connection of a pool of our own. */
export function watchAnswers(pool: object, limitMs: number) {
  // When each connection took its statement, in looks of the timer; zero while it has none.
  const takenAt = new Map<object, number>()
  const maxLooks = Math.ceil(limitMs / lookEveryMs)
  let looks = 1
  let timer: NodeJS.Timeout | undefined

  function look(): void {
    looks++
    let busy = false
    for (const [client, taken] of takenAt) {
      if (taken === 0) continue
      busy = true
      // The first of these looks comes less than a whole period after the statement.
      if (looks - taken <= maxLooks) continue
      takenAt.set(client, 0)
      ;(client as Cuttable).connection?.stream?.destroy(new Error(unanswered))
    }
    if (busy) return
    clearInterval(timer)
    timer = undefined
  }

  const events = pool as WatchedPool
  events.on('acquire', (client: object) => {
    takenAt.set(client, looks)
    // Its connection keeps the process alive as long as a statement waits.
    timer ??= setInterval(look, lookEveryMs).unref()
  })
  events.on('release', (_: unknown, client: object) => takenAt.set(client, 0))
  events.on('remove', (client: object) => takenAt.delete(client))

  return {
    /** Leaves the time limits to whoever checked this connection out, until it is released. */
    ignore: (client: object): void => void takenAt.set(client, 0),
  }
}
