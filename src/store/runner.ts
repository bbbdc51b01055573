/**
 * Runs prepared statements, on the pool or in the caller's transaction. Knows no table.
 *
 * Invariants: (1) it throws nothing but an `AuthError`, or a `TransactionMisuse` of the caller's transaction;
 * (2) a lost race for a unique value is a result, not an error, and a caller's transaction survives it; (3)
 * only work that was rolled back completely is retried; (4) events are announced from what the database
 * recorded in the audit.
 */

import type { Actor, AuthEvent } from '../core/index.js'
import { host } from '../core/index.js'
import { actorParameter, eventsFrom } from './attribution.js'
import { TransactionMisuse } from './caller-transaction.js'
import { isUniqueViolation, sqlStateOf, toAuthError } from './faults.js'
import type { Queryable, Row } from './queryable.js'
import type { Prepared } from './statement.js'
import { valueTypes } from './values.js'

/** Runs statements and returns rows. */
export interface Runner {
  rows(prepared: Prepared, values: readonly unknown[]): Promise<Row[]>
  /** The first row. */
  row(prepared: Prepared, values: readonly unknown[]): Promise<Row | undefined>
  /** Like `rows`, or which of the unique `constraints` was violated by another transaction's row. */
  rowsUnlessTaken(
    prepared: Prepared,
    values: readonly unknown[],
    constraints: readonly string[],
  ): Promise<Row[] | { readonly taken: string }>
}

const maxTries = 3
const serializationFailure = '40001'
const deadlockDetected = '40P01'
// The referenced row was deleted between the snapshot and the insertion; the next snapshot shows that.
const foreignKeyViolation = '23503'
const settledByAnotherTry = new Set([serializationFailure, deadlockDetected, foreignKeyViolation])

const toFault = (error: unknown): Error => (error instanceof TransactionMisuse ? error : toAuthError(error))

/** Where statements run, and for which actor. */
export interface RunnerScope {
  /** Whether the queryable is a transaction of the caller's. */
  readonly inTransaction: boolean
  /** The actor in the audit; the host by default. */
  readonly actor?: Actor | undefined
  /**
   * Called with what was recorded in the audit, once it is committed. Not called inside a caller's
   * transaction.
   */
  readonly announce?: ((events: readonly AuthEvent[]) => void) | undefined
}

/** The scope of one of our own transactions: `committed` announces what it records. */
export function scopeOfTransaction(scope: RunnerScope): {
  readonly scope: RunnerScope
  committed(): void
} {
  const recorded: AuthEvent[] = []
  return {
    scope: { ...scope, inTransaction: true, announce: (events) => void recorded.push(...events) },
    committed: () => scope.announce?.(recorded),
  }
}

/** A runner of statements in one scope. */
export function createRunner(
  queryable: Queryable,
  { inTransaction, actor = host, announce }: RunnerScope,
): Runner {
  const recorded = actorParameter(actor)
  const { exclusively } = queryable
  const tell = (result: { rows: Row[] }): { rows: Row[] } => {
    announce?.(eventsFrom(result.rows))
    return result
  }
  const send = (
    { name, text, urgent, logs }: Prepared,
    given: readonly unknown[],
  ): Promise<{ rows: Row[] }> => {
    if (!logs) return queryable.query({ name, text, values: given, types: valueTypes, urgent })
    return queryable.query({ name, text, values: [...given, recorded], types: valueTypes, urgent }).then(tell)
  }
  const ask: typeof send =
    exclusively === undefined ? send : (prepared, given) => exclusively(() => send(prepared, given))
  const inTurn = exclusively ?? (<T>(work: () => Promise<T>): Promise<T> => work())

  async function askAgain(error: unknown, prepared: Prepared, values: readonly unknown[]): Promise<Row[]> {
    let fault = error
    for (let tries = 1; tries < maxTries; tries++) {
      if (inTransaction || !settledByAnotherTry.has(sqlStateOf(fault) ?? '')) break
      try {
        return (await ask(prepared, values)).rows
      } catch (next) {
        fault = next
      }
    }
    throw fault
  }

  async function askInSavepoint(prepared: Prepared, values: readonly unknown[]): Promise<Row[]> {
    await queryable.query({ text: 'savepoint latchkey', values: [] })
    try {
      const { rows } = await send(prepared, values)
      await queryable.query({ text: 'release savepoint latchkey', values: [] })
      return rows
    } catch (error) {
      await queryable.query({ text: 'rollback to savepoint latchkey', values: [] })
      throw error
    }
  }

  function recover(error: unknown, prepared: Prepared, values: readonly unknown[]): Promise<Row[]> {
    return askAgain(error, prepared, values).catch((fault: unknown) => {
      throw toFault(fault)
    })
  }

  return {
    rows: (prepared, values) =>
      ask(prepared, values).then(
        ({ rows }) => rows,
        (error: unknown) => recover(error, prepared, values),
      ),

    // The hot path: one promise on top of the driver's, and nothing else unless it fails.
    row: (prepared, values) =>
      ask(prepared, values).then(
        ({ rows }) => rows[0],
        async (error: unknown) => (await recover(error, prepared, values))[0],
      ),

    async rowsUnlessTaken(prepared, values, constraints) {
      try {
        if (inTransaction) return await inTurn(() => askInSavepoint(prepared, values))
        return await ask(prepared, values).then(
          ({ rows }) => rows,
          (error: unknown) => askAgain(error, prepared, values),
        )
      } catch (error) {
        const taken = constraints.find((constraint) => isUniqueViolation(error, constraint))
        if (taken === undefined) throw toFault(error)
        return { taken }
      }
    },
  }
}
