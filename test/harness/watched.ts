/** An engine on PostgreSQL whose statements are seen, held up or failed by a test. */

import { afterAll, beforeAll } from 'vitest'
import type { AuthOptions } from '../../src/index.js'
import { openPostgres } from '../../src/store/postgres.js'
import type { Database, Row, Statement } from '../../src/store/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import type { Kit } from '../../src/testing/suite/case.js'
import { createKit } from '../../src/testing/suite/case.js'
import { createDatabase } from './engines.js'
import type { OpenedAuth } from './engines.js'
import { startPostgres } from './postgres.js'
import type { PostgresServer } from './postgres.js'

/** What a test does to statements. */
export interface Watch {
  /** The names of the statements since the last call, in their order, without prefix and digest. */
  taken(): string[]
  /** Runs before each statement of these names, until `stop` is called. What it throws is what the driver throws. */
  before(name: string | readonly string[], work: () => Promise<void>): { stop(): void }
  /** Runs after each statement of these names, as when the connection is cut before its answer came. */
  after(name: string | readonly string[], work: (rows: readonly Row[]) => Promise<void>): { stop(): void }
}

function nameOf({ name = '' }: Statement): string {
  return /^latchkey_(.*?)_[0-9a-f]{12}/.exec(name)?.[1] ?? name
}

/** Watches a database. */
export function watchDatabase(database: Database): { database: Database; watch: Watch } {
  let names: string[] = []
  const hooks = new Set<{
    readonly names: readonly string[]
    readonly when: 'before' | 'after'
    readonly work: (rows: readonly Row[]) => Promise<void>
  }>()

  async function runHooks(when: 'before' | 'after', name: string, rows: readonly Row[]): Promise<void> {
    for (const hook of [...hooks]) if (hook.when === when && hook.names.includes(name)) await hook.work(rows)
  }

  function add(
    names: string | readonly string[],
    when: 'before' | 'after',
    work: (rows: readonly Row[]) => Promise<void>,
  ) {
    const hook = { names: typeof names === 'string' ? [names] : names, when, work }
    hooks.add(hook)
    return { stop: () => void hooks.delete(hook) }
  }

  return {
    database: {
      ...database,
      async query(statement) {
        const name = nameOf(statement)
        if (name !== '') names.push(name)
        await runHooks('before', name, [])
        const result = await database.query(statement)
        await runHooks('after', name, result.rows)
        return result
      },
    },
    watch: {
      taken() {
        const taken = names
        names = []
        return taken
      },
      before: (name, work) => add(name, 'before', work),
      after: (name, work) => add(name, 'after', work),
    },
  }
}

/** An engine on a database of its own, or on the one of `url`, that is watched. */
export async function openWatched(
  options: AuthOptions = {},
  url?: string,
): Promise<OpenedAuth & { readonly watch: Watch }> {
  const place = url ?? (await createDatabase())
  const { database, watch } = watchDatabase(await openPostgres(place))
  return { ...(await createTestAuth({ migrate: true, ...options, database })), url: place, watch }
}

/** The fault of a connection that breaks before its answer comes. */
export const lost = (): Promise<never> =>
  Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))

/** The same, if the statement found what it looks for: the usual sign-in has a statement that is tried first. */
export const lostAnswer = (rows: readonly Row[]): Promise<void> =>
  rows.length > 0 ? lost() : Promise.resolve()

/** The statements that redeem a sign-in in a browser that keeps its proof, by what it is found by. */
export const redemptions = {
  link: ['verification_redeem_sign_in_link_held', 'verification_redeem_link'],
  code: ['verification_redeem_sign_in_code_held', 'verification_redeem_code'],
} as const

/** A watched kit on a server of its own, as durable as in production, for the whole file; `name` tells its users apart. */
export function useWatchedKit(name: string, options: AuthOptions) {
  let server: PostgresServer
  let opened: { readonly kit: Kit; readonly watch: Watch } | undefined
  beforeAll(async () => {
    server = await startPostgres()
    const { watch, ...auth } = await openWatched(options, await server.createDatabase())
    opened = { kit: createKit(auth, name), watch }
  })
  afterAll(async () => {
    await opened?.kit.auth.close()
    await server.destroy()
  })
  const get = () => {
    if (opened === undefined) throw new Error('The engine opens before the first test, not before the file.')
    return opened
  }
  return { kit: () => get().kit, watch: () => get().watch, createDatabase: () => server.createDatabase() }
}
