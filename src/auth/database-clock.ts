/**
 * Estimates the database's time between two readings of it. Freshness, session extensions and the minutes in
 * messages use this clock, not the node's own.
 *
 * Invariants: (1) from the last reading of the database, it advances by a monotonic clock; (2) it lags behind
 * the database by no more than the time that reading took to arrive.
 */

import { performance } from 'node:perf_hooks'
import type { Store } from '../core/index.js'
import type { Database } from '../store/index.js'
import { readClock } from '../store/index.js'

/** A clock that follows the database's. */
export interface DatabaseClock {
  /** Milliseconds since the epoch, by the database. */
  now(): number
  /** Wraps a store and follows the database times that it returns. */
  follow(store: Store): Store
}

/** Creates a clock set by the database. `movedMs` is by how much a test moved the time. */
export async function createDatabaseClock(
  database: Database,
  movedMs: () => number = () => 0,
): Promise<DatabaseClock> {
  let offsetMs = 0
  const set = (readMs: number): void => {
    offsetMs = readMs - movedMs() - performance.now()
  }
  set(await readClock(database))

  return {
    now: () => performance.now() + offsetMs + movedMs(),
    follow: ({ sessions, ...others }) => ({
      ...others,
      sessions: {
        ...sessions,
        find: (id, secretHash) =>
          sessions.find(id, secretHash).then((found) => {
            if (found !== null) set(found.readAt.getTime())
            return found
          }),
      },
    }),
  }
}
