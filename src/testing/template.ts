/**
 * Starts the embedded database once per process: one instance is migrated and dumped, and every test opens a
 * copy of it.
 */

import { migrate, openPglite } from '../store/index.js'
import type { Database, PgliteLike } from '../store/index.js'

const dumps = new Map<string, Promise<Blob>>()

async function dump(schema: string): Promise<Blob> {
  const { PGlite } = await import('@electric-sql/pglite')
  const instance = await PGlite.create()
  try {
    await migrate(await openPglite({ instance: instance as unknown as PgliteLike }), schema)
    return await instance.dumpDataDir('none')
  } finally {
    await instance.close()
  }
}

/** Opens a new embedded database in memory with `schema` already migrated. */
export async function openMigratedMemory(schema: string): Promise<Database> {
  const known = dumps.get(schema) ?? dump(schema)
  dumps.set(schema, known)
  return openPglite({ loadDataDir: await known })
}
