/**
 * The embedded database: PGlite in memory, in a directory, or as the host's own instance.
 *
 * Invariants: (1) a directory is locked before it is opened, because two processes in one lose rows in silence;
 * (2) an instance that was handed in is never closed here; (3) inside a transaction only the transaction is used.
 */

import { mkdir } from 'node:fs/promises'
import { lockDirectory } from './directory-lock.js'
import type { PgliteTransactionLike } from './pglite-query.js'
import { pgliteQuery } from './pglite-query.js'
import type { Database } from './queryable.js'

export type { PgliteTransactionLike } from './pglite-query.js'

/** What we call of a PGlite instance. */
export interface PgliteLike extends PgliteTransactionLike {
  transaction<T>(work: (tx: PgliteTransactionLike) => Promise<T>): Promise<T>
  listen(channel: string, callback: (payload: string) => void): Promise<(tx?: never) => Promise<void>>
  close(): Promise<void>
}

/** Where the embedded database lives. `loadDataDir` is a dump made by `dumpDataDir`, opened in memory. */
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

/** Opens the embedded database. @throws ConfigError when another process has the directory open */
export async function openPglite(location: PgliteLocation): Promise<Database> {
  if (typeof location === 'object' && 'instance' in location) {
    return overInstance(location.instance, () => Promise.resolve())
  }
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
