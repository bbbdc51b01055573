/** One PostgreSQL server for the whole test run. */

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
  return () => server.destroy()
}
