/**
 * The caller's transaction as a `Queryable`, recognized by its methods: a `pg` client, a PGlite transaction,
 * or the transaction of Kysely, Prisma or Drizzle.
 */

import type { PgliteTransactionLike } from './pglite-query.js'
import { pgliteQuery } from './pglite-query.js'
import type { Queryable, Row, Statement } from './queryable.js'

const accepted =
  'accounts.with(tx) needs a client of pg, a transaction of PGlite, or one of Kysely, Prisma or Drizzle.'
const outside = 'This is the database itself: begin a transaction on it, and pass that.'

type Handle = Record<string, unknown>

function has(handle: unknown, ...names: readonly string[]): handle is Handle {
  return (
    (typeof handle === 'object' || typeof handle === 'function') &&
    handle !== null &&
    names.every((name) => typeof (handle as Handle)[name] === 'function')
  )
}

/** The compiled query that a Kysely transaction runs is a plain object. */
interface KyselyLike {
  readonly isTransaction: boolean
  /** Plugins of the host would rename our columns. */
  withoutPlugins(): KyselyLike
  executeQuery(query: {
    sql: string
    parameters: readonly unknown[]
    query: { kind: 'RawNode'; sqlFragments: readonly string[]; parameters: readonly never[] }
    queryId: { queryId: string }
  }): Promise<{ rows: unknown[] }>
}

function overKysely(tx: KyselyLike): Queryable {
  if (!tx.isTransaction) throw new TypeError(`${accepted} ${outside}`)
  const plain = tx.withoutPlugins()
  return {
    async query({ text, values }: Statement) {
      const { rows } = await plain.executeQuery({
        sql: text,
        parameters: values,
        query: { kind: 'RawNode', sqlFragments: [text], parameters: [] },
        queryId: { queryId: 'latchkey' },
      })
      return { rows: rows as Row[] }
    },
  }
}

/** The method of a Prisma interactive transaction that we call. */
interface PrismaLike {
  $queryRawUnsafe(text: string, ...values: readonly unknown[]): Promise<unknown>
}

function overPrisma(tx: PrismaLike): Queryable {
  return {
    async query({ text, values }: Statement) {
      return { rows: (await tx.$queryRawUnsafe(text, ...values)) as Row[] }
    },
  }
}

// A Drizzle transaction has a reference to its client, which is the same connection, inside the transaction.
function clientOfDrizzle(tx: unknown): unknown {
  const { session } = (tx ?? {}) as { session?: { client?: unknown } }
  return session?.client
}

/** The object that identifies the connection of a transaction: the same for all calls on it. */
export function connectionOf(tx: unknown): object {
  const client = has(tx, 'query') ? tx : (clientOfDrizzle(tx) ?? tx)
  return client as object
}

/** @throws TypeError for anything else, and for a pool, whose statements don't share a transaction */
export function transactionQueryable(tx: unknown): Queryable {
  if (has(tx, 'executeQuery', 'withoutPlugins')) return overKysely(tx as unknown as KyselyLike)
  if (has(tx, '$queryRawUnsafe', '$connect')) throw new TypeError(`${accepted} ${outside}`)
  if (has(tx, '$queryRawUnsafe')) return overPrisma(tx as unknown as PrismaLike)
  if (has(tx, 'query', 'exec', 'sql', 'transaction')) throw new TypeError(`${accepted} ${outside}`)
  if (has(tx, 'query', 'exec', 'sql')) return { query: pgliteQuery(tx as unknown as PgliteTransactionLike) }
  if (has(tx, 'query', 'connect') && 'totalCount' in tx) {
    throw new TypeError(`${accepted} A Pool is not a transaction: connect a client and begin one on it.`)
  }
  const client = clientOfDrizzle(tx)
  if (client !== undefined) return transactionQueryable(client)
  if (has(tx, 'query')) return tx as unknown as Queryable
  throw new TypeError(accepted)
}
