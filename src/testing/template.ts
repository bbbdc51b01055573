/**
 * The start-up of the embedded database, paid once per process: one instance is migrated and dumped, and every test
 * engine opens a copy.
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

/** A fresh embedded database in memory in which `schema` is migrated already. */
export async function openMigratedMemory(schema: string): Promise<Database> {
  const known = dumps.get(schema) ?? dump(schema)
  dumps.set(schema, known)
  return openPglite({ loadDataDir: await known })
}
