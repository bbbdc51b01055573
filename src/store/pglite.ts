/**
 * The embedded database: PGlite in memory, in a directory, or an instance of the host's.
 *
 * Invariants: (1) a directory is locked before it is opened, because two processes in one silently lose rows;
 * (2) an instance of the host's is never closed here; (3) inside a transaction only the transaction is used;
 * a host that calls the instance itself there, which would wait forever for its end, gets an error instead of
 * a hang.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdir } from 'node:fs/promises'
import { TransactionMisuse } from './caller-transaction.js'
import { lockDirectory } from './directory-lock.js'
import type { PgliteTransactionLike } from './pglite-query.js'
import { pgliteQuery } from './pglite-query.js'
import type { Database } from './queryable.js'

export type { PgliteTransactionLike } from './pglite-query.js'

/** The methods of a PGlite instance that we call. */
export interface PgliteLike extends PgliteTransactionLike {
  transaction<T>(work: (tx: PgliteTransactionLike) => Promise<T>): Promise<T>
  listen(channel: string, callback: (payload: string) => void): Promise<(tx?: never) => Promise<void>>
  close(): Promise<void>
}

/** Where the embedded database is stored. `loadDataDir` is a dump from `dumpDataDir`, opened in memory. */
export type PgliteLocation =
  'memory' | { readonly dataDir: string } | { readonly loadDataDir: Blob } | { readonly instance: PgliteLike }

function overInstance(instance: PgliteLike, release: () => Promise<void>): Database {
  return {
    kind: 'pglite',
    query: pgliteQuery(instance),
    transaction: (work) =>
      instance.transaction((tx) =>
        work({
          query: pgliteQuery(tx),
          run: async (script) => {
            await tx.exec(script)
          },
        }),
      ),
    async listen(channel, onNotify) {
      const stop = await instance.listen(channel, onNotify)
      return () => stop()
    },
    close: release,
  }
}

const outside = `This call is made inside a transaction of the same PGlite instance, and would wait forever for it to end. Use the operations of accounts.with(tx) there.`

/** An instance of the host's, whose transactions are checked for calls that bypass them. */
function overHost(instance: PgliteLike): Database {
  const underWay = new AsyncLocalStorage<{ open: boolean }>()
  const begin = instance.transaction.bind(instance)
  const watched: PgliteLike['transaction'] = (work) =>
    begin((tx) => {
      const transaction = { open: true }
      return underWay.run(transaction, () => work(tx)).finally(() => (transaction.open = false))
    })
  instance.transaction = watched
  const database = overInstance(instance, () => {
    if (instance.transaction === watched) instance.transaction = begin
    return Promise.resolve()
  })
  function orRefuse<T>(ask: () => Promise<T>): Promise<T> {
    return underWay.getStore()?.open === true ? Promise.reject(new TransactionMisuse(outside)) : ask()
  }
  return {
    ...database,
    query: (statement) => orRefuse(() => database.query(statement)),
    transaction: (work) => orRefuse(() => database.transaction(work)),
  }
}

/** Opens the embedded database. @throws ConfigError when another process has the directory open */
export async function openPglite(location: PgliteLocation): Promise<Database> {
  if (typeof location === 'object' && 'instance' in location) return overHost(location.instance)
  const lock =
    typeof location === 'object' && 'dataDir' in location ? await lockFresh(location.dataDir) : undefined
  try {
    const { PGlite } = await import('@electric-sql/pglite')
    const instance = await PGlite.create(location === 'memory' ? {} : location)
    let closing: Promise<void> | undefined
    return overInstance(instance, () => (closing ??= instance.close().finally(() => lock?.release())))
  } catch (error) {
    await lock?.release()
    throw error
  }
}

async function lockFresh(dataDir: string) {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  return lockDirectory(dataDir)
}
