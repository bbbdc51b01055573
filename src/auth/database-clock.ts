/**
 * The database's time, as far as a node can tell between two looks at it: freshness, extensions and the minutes in
 * messages are judged by it, whatever the node's own clock shows.
 *
 * Invariants: (1) it moves by a monotonic clock from the last reading of the database on; (2) it is behind the database
 * by no more than that reading's way to this node.
 */

import { performance } from 'node:perf_hooks'
import type { Store } from '../core/index.js'
import type { Database } from '../store/index.js'
import { readClock } from '../store/index.js'

/** A clock that follows the database's. */
export interface DatabaseClock {
  /** Milliseconds since the epoch, by the database. */
  now(): number
  /** The store, whose readings of the clock are followed. */
  follow(store: Store): Store
}

/** A clock set by the database. `movedMs` is what a test moved the time by. */
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
