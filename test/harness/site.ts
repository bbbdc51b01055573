/**
 * An application over one engine in memory, as attacks see it: the routes that it mounts, the statements that it
 * sends, what its tables hold, and browsers that go there. The routes come from the list that is served.
 */

import { afterAll, beforeAll, expect } from 'vitest'
import { limitDefaults, formTokenOf } from '../../src/http/index.js'
import type { LimitName, RouteDefinition } from '../../src/http/index.js'
import type { AuthOptions } from '../../src/index.js'
import { createBrowserKeys } from '../../src/secrets/index.js'
import { readSettings } from '../../src/auth/settings.js'
import type { Settings } from '../../src/auth/settings.js'
import type { Database, Queryable, Statement } from '../../src/store/index.js'
import { emailOtp, magicLink, password, smsOtp, whatsapp } from '../../src/strategies/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import type { TestAuth } from '../../src/testing/index.js'
import { openMigratedMemory } from '../../src/testing/template.js'
import { routesOf } from '../../src/auth/web.js'

const secret = 'a secret of attacks that opens nothing else'

/** The origin of every site. */
export const home = 'https://app.example'

/** One application. */
export interface Site extends TestAuth {
  readonly settings: Settings
  readonly routes: readonly RouteDefinition[]
  /** What was sent to the database since it was last emptied. */
  readonly statements: Statement[]
  /** Whatever all tables hold, a text for each row; of one table alone, as JSON. */
  rows(table?: string): Promise<readonly string[]>
  /** Fails where the work leaves any row of any table, but for `table`, other than it was. */
  unchanged(work: () => Promise<unknown>, but?: { readonly table: string }): Promise<void>
  /** The form token of the browser of this flow. */
  formToken(flow: string): string
  newEmail(): string
  newPhone(): string
}

/** Every limit with this number, or the most that it takes, and no pauses. */
export function limitsOf(limitOf: (name: LimitName) => number): NonNullable<AuthOptions['limits']> {
  const names = Object.keys(limitDefaults) as LimitName[]
  const entries = names.map((name) => {
    const limit = Math.min(limitOf(name), name === 'passwordInARow' ? limitDefaults[name].limit : Infinity)
    return [name, { limit, ...('pause' in limitDefaults[name] && { pause: '1ms' as const }) }] as const
  })
  return Object.fromEntries(entries)
}

/** The options of a site: every strategy that ships, no limits, https. */
export function siteOptions(options: AuthOptions = {}): AuthOptions {
  return {
    secret,
    baseUrl: home,
    development: true,
    strategies: [password(), magicLink(), emailOtp(), smsOtp(), whatsapp()],
    // So many that no test but one of limits meets any.
    limits: limitsOf(() => 1_000_000),
    ...options,
  }
}

/** The routes that a site with these options mounts. */
export function listRoutes(options: AuthOptions = {}): Promise<readonly RouteDefinition[]> {
  return routesOf(readSettings(siteOptions(options)))
}

function record(database: Database, statements: Statement[]): Database {
  const recorded = (queryable: Queryable): Queryable => ({
    query(statement) {
      // That a request was refused is recorded apart from it.
      if (statement.name?.startsWith('latchkey_refusals_') !== true) statements.push(statement)
      return queryable.query(statement)
    },
  })
  return {
    ...database,
    ...recorded(database),
    transaction: (work) => database.transaction((tx) => work({ ...tx, ...recorded(tx) })),
  }
}

/** Opens a site. */
export async function openSite(options: AuthOptions = {}): Promise<Site> {
  const statements: Statement[] = []
  const database = await openMigratedMemory('latchkey')
  const whole = siteOptions(options)
  const test = await createTestAuth({ ...whole, database: record(database, statements) })
  const settings = readSettings(whole)
  const keys = { ...createBrowserKeys([secret]), newName: () => 'AAAAAAAAAAAAAAAAAAAAAA', newId: () => '' }
  let count = 0

  // By the unrecorded database, so that looking is no statement of the application.
  async function rows(table?: string): Promise<readonly string[]> {
    if (table !== undefined) {
      const only = `select '${table} ' || to_jsonb(t)::text as row from latchkey."${table}" t order by 1`
      return (await database.query({ text: only, values: [] })).rows.map(({ row }) => String(row))
    }
    const text = `select tablename from pg_tables where schemaname = 'latchkey' order by tablename`
    const tables = (await database.query({ text, values: [] })).rows.map((row) => String(row['tablename']))
    const parts = tables.map((name) => `select '${name} ' || t::text as row from latchkey."${name}" t`)
    const found = await database.query({ text: `${parts.join(' union all ')} order by 1`, values: [] })
    return found.rows.map(({ row }) => String(row))
  }

  return {
    ...test,
    settings,
    routes: await routesOf(settings),
    statements,

    rows,

    async unchanged(work, but) {
      const judged = async () =>
        withoutRefusals(await rows()).filter((row) => row.split(' ', 1)[0] !== but?.table)
      const before = await judged()
      await work()
      expect(differences(before, await judged())).toEqual([])
    },

    formToken: (cookie) => formTokenOf(keys, cookie.split('.')[0] ?? ''),
    newEmail: () => `person-${++count}@example.com`,
    newPhone: () => `+35191${String(1_000_000 + ++count)}`,
  }
}

// That a request was refused is recorded, once a minute.
const isRefusal = (row: string): boolean =>
  row.startsWith('attempts (refused,') || (row.startsWith('audit ') && row.includes(',request.refused,'))

/** These rows of a site but those that record refused requests. */
export const withoutRefusals = (rows: readonly string[]): string[] => rows.filter((row) => !isRefusal(row))

/** The rows that are only in one of the two, so that a failure shows what changed and nothing else. */
export function differences(before: readonly string[], after: readonly string[]): string[] {
  const [old, present] = [new Set(before), new Set(after)]
  return [
    ...before.filter((row) => !present.has(row)).map((row) => `- ${row}`),
    ...after.filter((row) => !old.has(row)).map((row) => `+ ${row}`),
  ]
}

/** Opens one site for the file; call what it returns inside of tests. */
export function useSite(options?: AuthOptions): () => Site {
  let site: Site | undefined
  beforeAll(async () => {
    site = await openSite(options)
  })
  afterAll(async () => site?.auth.close())
  return () => {
    if (site === undefined) throw new Error('The site opens before the first test, not before the file.')
    return site
  }
}
