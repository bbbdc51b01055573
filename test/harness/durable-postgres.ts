/** One PostgreSQL server for a run that measures: durable as in production, with `fsync` and `synchronous_commit` on. */

import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres.js'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  project.provide('postgresUrl', server.url)
  return () => server.destroy()
}
