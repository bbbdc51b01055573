/**
 * A database client, described by the one method that we call. `pg`, PGlite and the transactions of query
 * builders fit without a dependency.
 */

import type { ValueTypes } from './values.js'

/** A statement with its values. Named ones are prepared once per connection. */
export interface Statement {
  readonly name?: string
  readonly text: string
  readonly values: readonly unknown[]
  /** How the driver parses values, if that can be configured. */
  readonly types?: ValueTypes
  /**
   * Whether it goes before all that are not urgent: statements that every request of an application waits
   * for.
   */
  readonly urgent?: boolean
  /** Whether it waits as long as the server allows, inside a transaction that has set its own limits. */
  readonly unlimited?: boolean
}

/** A row as the driver returns it. */
export type Row = Record<string, unknown>

/** Anything that runs a statement. */
export interface Queryable {
  query(statement: Statement): Promise<{ rows: Row[] }>
  /** Runs the work while no other work of ours runs on this connection. Only for shared connections. */
  exclusively?<T>(work: () => Promise<T>): Promise<T>
}

/** One connection inside a transaction. */
export interface TransactionHandle extends Queryable {
  /** Runs a script of several statements, without parameters. */
  run(script: string): Promise<void>
}

/** A database connection that we open, listen on and close. */
export interface Database extends Queryable {
  readonly kind: 'postgres' | 'pglite'
  /** Runs `work` between BEGIN and COMMIT on one connection; rolls back when it throws. */
  transaction<T>(work: (tx: TransactionHandle) => Promise<T>): Promise<T>
  /**
   * Calls back with the payload of each notification, in commit order, and with null after a gap in which
   * some may have been missed. Returns a function that stops it.
   */
  listen(channel: string, onNotify: (payload: string | null) => void): Promise<() => Promise<void>>
  /** Reconnects the listener, if there is one. */
  relisten?(): void
  close(): Promise<void>
}
