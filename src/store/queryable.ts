/**
 * A foreign client, described by the one method that we call. `pg`, PGlite and the transactions of query builders fit
 * without a dependency.
 */

import type { ValueTypes } from './values.js'

/** A statement with its values. Named ones are prepared once per connection. */
export interface Statement {
  readonly name?: string
  readonly text: string
  readonly values: readonly unknown[]
  /** How the driver reads what it gives, where it can be told. */
  readonly types?: ValueTypes
  /** Whether it goes before all that are not: what every request of an application waits for. */
  readonly urgent?: boolean
  /** Whether it waits as long as the server lets it, inside a transaction that has set limits of its own. */
  readonly unlimited?: boolean
}

/** A row as the driver gives it. */
export type Row = Record<string, unknown>

/** Whatever runs a statement. */
export interface Queryable {
  query(statement: Statement): Promise<{ rows: Row[] }>
  /** Runs the work while nothing else of ours runs on this connection; where others share the connection. */
  exclusively?<T>(work: () => Promise<T>): Promise<T>
}

/** One connection inside a transaction. */
export interface TransactionHandle extends Queryable {
  /** Runs a script of several statements, without parameters. */
  run(script: string): Promise<void>
}

/** A database that is ours to open, to listen to and to close. */
export interface Database extends Queryable {
  readonly kind: 'postgres' | 'pglite'
  /** Runs `work` between BEGIN and COMMIT on one connection; rolls back when it throws. */
  transaction<T>(work: (tx: TransactionHandle) => Promise<T>): Promise<T>
  /**
   * Calls back with the payload of each notification, in the order of their commits, and with null after a gap in which
   * one may have been missed. Returns how to stop.
   */
  listen(channel: string, onNotify: (payload: string | null) => void): Promise<() => Promise<void>>
  /** Listens through a new connection, where there is one to listen on. */
  relisten?(): void
  close(): Promise<void>
}
