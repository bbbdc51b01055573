/**
 * A clock that tests can advance. The database checks every expiry, so the database's clock is shifted:
 * statements are sent with their two readings of it changed.
 *
 * Invariant: no other code knows about it.
 */

import { ConfigError } from '../base/index.js'
import { parseDuration } from '../base/index.js'
import type { Duration } from '../base/index.js'
import type { Database, Queryable, Statement } from '../store/index.js'

/** The clock of one test `Auth`. */
export interface TestClock {
  /** The current time as the `Auth` sees it. */
  now(): Date
  /** Advances the clock by a duration such as `'15m'`. */
  advance(duration: Duration): void
}

const readings = /(?:pg_catalog\.)?(?:statement_timestamp|clock_timestamp)\(\)/g

/** Creates a clock, and the function that inserts it between an `Auth` and its database. */
export function createTestClock(): {
  clock: TestClock
  decorate: (database: Database) => Database
  within: <T extends Queryable>(tx: T) => T
  movedMs: () => number
} {
  let offsetMs = 0

  function shift(statement: Statement): Statement {
    if (offsetMs === 0) return statement
    const moved = `operator(pg_catalog.+) interval '${offsetMs} milliseconds'`
    const text = statement.text.replace(readings, (reading) => `(${reading} ${moved})`)
    // A changed text needs its own prepared statement.
    const name = statement.name === undefined ? {} : { name: `${statement.name}_${offsetMs}`.slice(-63) }
    return { text, values: statement.values, ...name }
  }

  const within = <T extends Queryable>(queryable: T): T => ({
    ...queryable,
    query: (statement: Statement) => queryable.query(shift(statement)),
  })

  return {
    clock: {
      now: () => new Date(Date.now() + offsetMs),
      advance(duration) {
        const ms = parseDuration(duration)
        if (ms === null) throw new ConfigError(["clock.advance: write a duration such as '15m'."])
        offsetMs += ms
      },
    },
    movedMs: () => offsetMs,
    within,
    decorate: (database) => ({
      ...within(database),
      transaction: (work) => database.transaction((tx) => work(within(tx))),
    }),
  }
}
