/**
 * Runs our statements in a caller's transaction: one at a time, and only if the transaction allows our
 * guarantees.
 *
 * Invariants: (1) concurrent calls on one connection take turns, whichever `with(tx)` they belong to: a
 * savepoint is never released by another operation; (2) a transaction that isn't open, is aborted, or keeps
 * one snapshot throughout is refused with an explanation before anything is written.
 */

import { sqlStateOf } from './faults.js'
import { qualify } from './qualify.js'
import type { Queryable, Row } from './queryable.js'
import { connectionOf, transactionQueryable } from './transaction.js'

/** The given transaction can't be used. The message says how to fix it. */
export class TransactionMisuse extends TypeError {
  override readonly name = 'TransactionMisuse'
}

/** A caller's transaction. */
export interface CallerTransaction extends Queryable {
  /** Runs the work while no other work of ours runs on this connection. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
}

const notOpen = `accounts.with(tx): no transaction is open on this connection. Begin one first, and don't use the operations after it ends.`
const aborted = `accounts.with(tx): this transaction is aborted, because one of its statements failed. Roll it back and begin another one.`

const notReadCommitted = (isolation: string): string =>
  `accounts.with(tx): this transaction is at ${isolation.toUpperCase()}, where a statement doesn't see what others commit later. Begin it with "isolation level read committed".`

const misuses: Readonly<Record<string, string>> = { '25P01': notOpen, '25P02': aborted }

// The messages of PGlite, Kysely and Prisma for a transaction that has ended.
const ended = /transaction (?:is )?(?:already )?(?:closed|committed|rolled back)/i

function toMisuse(error: unknown): unknown {
  const isOver = error instanceof Error && ended.test(error.message)
  const sentence = isOver ? notOpen : misuses[sqlStateOf(error) ?? '']
  return sentence === undefined ? error : new TransactionMisuse(sentence, { cause: error })
}

// A `pg` client knows from the last response whether a transaction is open.
function statusOf(connection: object): string | null {
  const { getTransactionStatus } = connection as { getTransactionStatus?: () => string | null }
  return typeof getTransactionStatus === 'function' ? getTransactionStatus.call(connection) : null
}

const isolation = qualify(`select current_setting('transaction_isolation') as isolation`)

/** Accepts the transactions of callers. */
export function createCallerTransactions() {
  const lastTurns = new WeakMap<object, Promise<unknown>>()

  /** @throws TypeError as `transactionQueryable` does */
  return (tx: unknown): CallerTransaction => {
    const queryable = transactionQueryable(tx)
    const connection = connectionOf(tx)
    let examined: Promise<void> | undefined

    async function examine(): Promise<void> {
      // Outside of a transaction this fails. A `pg` client reports that itself.
      const probes = statusOf(connection) === null
      if (probes) await queryable.query({ text: 'savepoint latchkey', values: [] })
      const { rows } = await queryable.query({ text: isolation, values: [] })
      if (probes) await queryable.query({ text: 'release savepoint latchkey', values: [] })
      if (statusOf(connection) === 'I') throw new TransactionMisuse(notOpen)
      const level = String(rows[0]?.['isolation'])
      if (level !== 'read committed' && level !== 'read uncommitted')
        throw new TransactionMisuse(notReadCommitted(level))
    }

    async function ask(work: () => Promise<{ rows: Row[] }>): Promise<{ rows: Row[] }> {
      try {
        await (examined ??= examine())
        // It ended after the first operation.
        if (statusOf(connection) === 'I') throw new TransactionMisuse(notOpen)
        return await work()
      } catch (error) {
        throw toMisuse(error)
      }
    }

    return {
      query: (statement) => ask(() => queryable.query(statement)),
      exclusively(work) {
        const turn = (lastTurns.get(connection) ?? Promise.resolve()).then(work)
        lastTurns.set(
          connection,
          turn.catch(() => undefined),
        )
        return turn
      },
    }
  }
}
