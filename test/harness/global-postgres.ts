/** One PostgreSQL server for the whole test run, and one folder for the migrated dumps of the embedded database. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the superuser's database on the server of this run. */
    postgresUrl: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres({ fsync: 'off', full_page_writes: 'off' })
  project.provide('postgresUrl', server.url)
  const templates = await mkdtemp(join(tmpdir(), 'latchkey-templates-'))
  process.env['LATCHKEY_TEST_TEMPLATES'] = templates
  return async () => {
    await server.destroy()
    await rm(templates, { recursive: true, force: true })
  }
}
