/**
 * A caller's transaction, as our statements run in it: one after the other, and only where it is one that they can keep
 * their promises in.
 *
 * Invariants: (1) what runs side by side on one connection takes turns, whichever `with(tx)` it belongs to: a savepoint
 * is never released by another operation; (2) a transaction that isn't open, is aborted, or holds one snapshot from end
 * to end is refused with a sentence before anything is written.
 */

import { sqlStateOf } from './faults.js'
import { qualify } from './qualify.js'
import type { Queryable, Row } from './queryable.js'
import { connectionOf, transactionQueryable } from './transaction.js'

/** The transaction that was handed in can't be used. The message says what to do. */
export class TransactionMisuse extends TypeError {
  override readonly name = 'TransactionMisuse'
}

/** A caller's transaction. */
export interface CallerTransaction extends Queryable {
  /** Runs the work while nothing else of ours runs on this connection. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
}

const notOpen = `accounts.with(tx): no transaction is open on this connection. Begin one before, and don't use the operations after its end.`
const aborted = `accounts.with(tx): this transaction is aborted, because a statement of it failed. Roll it back, and begin another one.`

const notReadCommitted = (isolation: string): string =>
  `accounts.with(tx): this transaction is at ${isolation.toUpperCase()}, where a statement doesn't see what others have committed since. Begin it with "isolation level read committed".`

const misuses: Readonly<Record<string, string>> = { '25P01': notOpen, '25P02': aborted }

// What PGlite, Kysely and Prisma say of a transaction that has ended.
const ended = /transaction (?:is )?(?:already )?(?:closed|committed|rolled back)/i

function toMisuse(error: unknown): unknown {
  const isOver = error instanceof Error && ended.test(error.message)
  const sentence = isOver ? notOpen : misuses[sqlStateOf(error) ?? '']
  return sentence === undefined ? error : new TransactionMisuse(sentence, { cause: error })
}

// A client of `pg` knows of the last answer whether a transaction is open.
function statusOf(connection: object): string | null {
  const { getTransactionStatus } = connection as { getTransactionStatus?: () => string | null }
  return typeof getTransactionStatus === 'function' ? getTransactionStatus.call(connection) : null
}

const isolation = qualify(`select current_setting('transaction_isolation') as isolation`)

/** Takes in the transactions of callers. */
export function createCallerTransactions() {
  const lastTurns = new WeakMap<object, Promise<unknown>>()

  /** @throws TypeError as `transactionQueryable` does */
  return (tx: unknown): CallerTransaction => {
    const queryable = transactionQueryable(tx)
    const connection = connectionOf(tx)
    let examined: Promise<void> | undefined

    async function examine(): Promise<void> {
      // Outside of a transaction this fails. A client of `pg` says so by itself.
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
        // It has ended since the first operation.
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
