/**
 * Starts the embedded database once per process: one instance is migrated and dumped, and every test opens a
 * copy of it. Processes that are told the same folder in `LATCHKEY_TEST_TEMPLATES` share the dump.
 */

import { randomUUID } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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

// Of processes that begin at the same time, each may make one; a file that is seen is complete.
async function sharedDump(schema: string): Promise<Blob> {
  const folder = process.env['LATCHKEY_TEST_TEMPLATES']
  if (folder === undefined || folder === '') return dump(schema)
  const path = join(folder, `${encodeURIComponent(schema)}.tar`)
  const known = await readFile(path).catch(() => null)
  if (known !== null) return new Blob([known])
  const made = await dump(schema)
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, Buffer.from(await made.arrayBuffer()))
  await rename(draft, path)
  return made
}

/** Opens a new embedded database in memory with `schema` already migrated. */
export async function openMigratedMemory(schema: string): Promise<Database> {
  const known = dumps.get(schema) ?? sharedDump(schema)
  dumps.set(schema, known)
  return openPglite({ loadDataDir: await known })
}
