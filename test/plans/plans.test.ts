/**
 * No statement of the engine reads a whole table that grows. Each is prepared, and its generic plan is judged on tables
 * with many rows: twenty thousand here, a million with `npm run plans`.
 */

import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import { prepareStore } from '../../src/store/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import type * as statementModule from '../../src/store/statement.js'
import type { Prepared } from '../../src/store/statement.js'
import { fillTables, growingTables } from '../harness/many-rows.js'
import type { Timed } from '../harness/timed-statements.js'
import { timeStatements } from '../harness/timed-statements.js'
import type { PlanReport } from '../harness/plans.js'
import { judgePlan, unindexedForeignKeys } from '../harness/plans.js'
import type { PostgresServer } from '../harness/postgres.js'
import { startPostgres } from '../harness/postgres.js'
import { featureSettings } from '../harness/feature-settings.js'

const rowCount = Number(process.env['LATCHKEY_PLAN_ROWS'] ?? 20_000)
const schema = 'latchkey'

const { collected } = vi.hoisted(() => ({ collected: new Map<string, Prepared>() }))

// Whatever the engine prepares passes here, so that no list has to be kept.
vi.mock('../../src/store/statement.js', async (importOriginal) => {
  const original = await importOriginal<typeof statementModule>()
  const collecting =
    (prepare: (name: string, text: string) => Prepared) =>
    (name: string, text: string): Prepared => {
      const prepared = prepare(name, text)
      collected.set(prepared.name, prepared)
      return prepared
    }
  return {
    ...original,
    prepare: collecting(original.prepare),
    prepareUrgent: collecting(original.prepareUrgent),
  }
})

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sourceFiles(path)
    return /\.tsx?$/.test(entry.name) && !entry.name.includes('.test.') ? [path] : []
  })
}

// The names in the source, up to where one is put together.
function namesInSource(): string[] {
  return sourceFiles('src').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bprepare(?:Urgent)?\(\s*['`]([a-z_]+)/g)].map(([, name]) =>
      String(name),
    ),
  )
}

// The recorded page is of a million rows.
function writePage(reports: readonly PlanReport[], timed: readonly Timed[]): void {
  if (rowCount < 1_000_000) return
  const marker = '<!-- What follows is written by `npm run plans`. -->'
  const page = readFileSync('docs/plans.md', 'utf8')
  const times = timed.map(([work, ms]) => `| ${work} | ${ms.toFixed(1)} |`)
  const plans = reports.map(({ name, cost, indexes }) => {
    const title = name.replace(/^latchkey_/, '').replace(/_[0-9a-f]{12}$/, '')
    return `| \`${title}\` | ${cost.toFixed(0)} | ${indexes.join(', ')} |`
  })
  const tables = [
    ['| work, alone | ms |', '| --- | ---: |', ...times].join('\n'),
    ['| statement | cost | indexes |', '| --- | ---: | --- |', ...plans].join('\n'),
  ]
  const kept = page.slice(0, page.indexOf(marker) + marker.length)
  writeFileSync('docs/plans.md', `${kept}\n\n${tables.join('\n\n')}\n`)
}

describe(`the generic plan of every statement, at ${rowCount.toLocaleString('en')} rows of each table`, () => {
  let server: PostgresServer
  let client: pg.Client
  let database = ''
  let reports: PlanReport[] = []

  beforeAll(async () => {
    server = await startPostgres({
      fsync: 'off',
      full_page_writes: 'off',
      max_wal_size: "'8GB'",
      autovacuum: 'off',
    })
    database = await server.createDatabase()
    const { auth } = await createTestAuth({ database, migrate: true, outbox: { worker: false } })
    await auth.close()
    const day = 86_400_000
    prepareStore({
      schema,
      session: { idleMs: day, absoluteMs: day, renewEveryMs: day, maxPerUser: 100 },
      guesses: { maxAttempts: 5 },
      ...featureSettings,
      sessionsElsewhere: true,
      logger: silentLogger,
    })
    client = new pg.Client({ connectionString: database })
    await client.connect()
    await fillTables(client, schema, rowCount)
    const growing = new Set(await growingTables(client, schema))
    for (const statement of collected.values()) reports.push(await judgePlan(client, statement, growing))
    reports = reports.sort((a, b) => a.name.localeCompare(b.name))
  })

  afterAll(async () => {
    await client?.end()
    await server?.destroy()
  })

  it('reads no table that grows from end to end', () => {
    expect(
      reports.filter(({ faults }) => faults.length > 0).map(({ name, faults }) => [name, faults]),
    ).toEqual([])
  })

  it('covers each statement that the source prepares', () => {
    const names = namesInSource()
    const forgotten = names.filter(
      (name) => ![...collected.keys()].some((each) => each.startsWith(`latchkey_${name}`)),
    )
    expect(names.length).toBeGreaterThan(40)
    expect(forgotten).toEqual([])
  })

  it('answers at this size what once took long, within a second each', async () => {
    const timed = await timeStatements(database, schema)
    expect(timed.filter(([, ms]) => ms > 1000)).toEqual([])
    writePage(reports, timed)
  })

  it('has an index for each foreign key, which deletions follow', async () => {
    expect(await unindexedForeignKeys(client, schema)).toEqual([])
  })

  it('would notice a statement without an index', async () => {
    const growing = new Set(await growingTables(client, schema))
    const planted = { name: 'planted', text: `select 1 from ${schema}.users where name = $1` }
    expect((await judgePlan(client, planted, growing)).faults).toEqual(['reads all of users'])
  })
})
