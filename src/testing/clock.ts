/**
 * A clock that tests can move. The database judges every expiry, so it is the database's clock that moves: statements
 * are sent with their two readings of it shifted.
 *
 * Invariant: nothing in the engine knows of it.
 */

import { ConfigError } from '../base/index.js'
import { parseDuration } from '../base/index.js'
import type { Duration } from '../base/index.js'
import type { Database, Queryable, Statement } from '../store/index.js'

/** The clock of one test engine. */
export interface TestClock {
  /** The time as the engine sees it. */
  now(): Date
  /** Moves it forward by a duration such as `'15m'`. */
  advance(duration: Duration): void
}

const readings = /(?:pg_catalog\.)?(?:statement_timestamp|clock_timestamp)\(\)/g

/** A clock, and what puts it between an engine and its database. */
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
    // Another text is another prepared statement.
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
