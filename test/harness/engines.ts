/** The two engines that every suite runs on. */

import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import type { AuthOptions } from '../../src/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import type { TestAuth } from '../../src/testing/index.js'

/** A new empty database on the server of this run. */
export async function createDatabase(): Promise<string> {
  const url = inject('postgresUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return url.replace(/\/postgres$/, `/${name}`)
}

/** An engine on a database of its own; `url` is there on PostgreSQL alone. */
export interface OpenedAuth extends TestAuth {
  readonly url: string | null
}

interface Engine {
  readonly name: 'PGlite' | 'PostgreSQL'
  open(options?: AuthOptions): Promise<OpenedAuth>
}

export const postgres: Engine = {
  name: 'PostgreSQL',
  async open(options = {}) {
    const url = await createDatabase()
    return { ...(await createTestAuth({ database: url, migrate: true, ...options })), url }
  },
}

export const pglite: Engine = {
  name: 'PGlite',
  open: async (options) => ({ ...(await createTestAuth(options)), url: null }),
}

export const engines: readonly Engine[] = [pglite, postgres]
