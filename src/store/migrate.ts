/**
 * Migrations: numbered SQL files, applied in order and never changed once released.
 *
 * Invariants: (1) each migration is one transaction that first takes the advisory lock, so that two nodes can
 * start at once and a killed one leaves nothing half done; (2) applied migrations are identified by their
 * checksum; (3) a database that a newer version has migrated is refused.
 */

import { ConfigError } from '../base/index.js'
import { toStartError } from './faults.js'
import { applyNextOfFeatures, pendingOfFeatures } from './feature-migrations.js'
import type { FeatureMigrations } from './feature-migrations.js'
import type { Migration } from './migrations/generated.js'
import { qualify } from './qualify.js'
import type { Database, TransactionHandle } from './queryable.js'
import { runMigration } from './run-migration.js'

/** The options of a migration run. */
export interface MigrateOptions {
  /** Called with the name of each migration once it is committed. */
  readonly onProgress?: (name: string) => void
  /** How long to wait for another node or for a table in use; 10 s by default. */
  readonly lockTimeoutMs?: number
  /** The migrations of features, which run after those of the kernel. */
  readonly features?: readonly FeatureMigrations[]
}

interface Applied {
  readonly id: number
  readonly checksum: string
}

// The name becomes part of the statement text, where no parameter is possible.
function checkName(schema: string): void {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) return
  throw new ConfigError(['schema: give a name of lower-case letters, digits and _, such as latchkey.'])
}

async function loadMigrations(): Promise<readonly Migration[]> {
  return (await import('./migrations/generated.js')).migrations
}

async function readApplied(tx: Pick<TransactionHandle, 'query'>, schema: string): Promise<Applied[]> {
  const text = qualify(`select id, checksum from "${schema}".migrations order by id`)
  const { rows } = await tx.query({ text, values: [] })
  return rows as unknown as Applied[]
}

// Empty if nothing was ever migrated.
async function findApplied(database: Database, schema: string): Promise<Applied[]> {
  const text = qualify(`select to_regclass($1) is not null as present`)
  const { rows } = await database.query({ text, values: [`"${schema}".migrations`] })
  return rows[0]?.['present'] === true ? readApplied(database, schema) : []
}

/** The faults of applied migrations: a changed file, or one that this version does not know. */
function judge(applied: readonly Applied[], known: readonly Migration[]): string[] {
  return applied.flatMap(({ id, checksum }) => {
    const migration = known.find((each) => each.id === id)
    if (migration === undefined) {
      return [
        `The database has the migration ${id} of a newer version of latchkey; run that version or a later one.`,
      ]
    }
    if (migration.checksum === checksum) return []
    return [
      `The migration ${migration.name} was applied with different content; released migrations never change.`,
    ]
  })
}

async function lock(tx: TransactionHandle, schema: string, timeoutMs: number): Promise<void> {
  // Only waiting for locks is limited, not the work itself: an index on a large table takes its time. With this
  // search path, no object of another schema is mistaken for one of PostgreSQL's.
  await tx.run(
    `set local search_path = pg_catalog, pg_temp; set local lock_timeout = ${timeoutMs}; set local statement_timeout = 0`,
  )
  const text = qualify(
    `select pg_advisory_xact_lock(hashtextextended('latchkey migrations ' || $1::text, 0))`,
  )
  await tx.query({ text, values: [schema], unlimited: true })
}

async function prepareSchema(tx: TransactionHandle, schema: string): Promise<void> {
  const text = qualify(
    `select to_regclass($1) is not null as present, to_regnamespace($2) is not null as founded`,
  )
  const { rows } = await tx.query({ text, values: [`"${schema}".migrations`, `"${schema}"`] })
  if (rows[0]?.['present'] === true) return
  // Not `if not exists`, which requires the privilege to create schemas even if an operator has created this
  // one.
  if (rows[0]?.['founded'] !== true) await tx.run(`create schema "${schema}"`)
  await tx.run(`create table "${schema}".migrations (
      id integer not null constraint migrations_pkey primary key,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null
    )`)
}

async function applyNext(
  tx: TransactionHandle,
  schema: string,
  options: MigrateOptions,
): Promise<string | null> {
  await lock(tx, schema, options.lockTimeoutMs ?? 10_000)
  await prepareSchema(tx, schema)
  const known = await loadMigrations()
  const applied = await readApplied(tx, schema)
  const faults = judge(applied, known)
  if (faults.length > 0) throw new ConfigError(faults)
  const next = known.find((migration) => applied.every(({ id }) => id !== migration.id))
  if (next === undefined) return applyNextOfFeatures(tx, schema, options.features ?? [])
  await runMigration(tx, schema, next.sql)
  const text = qualify(
    `insert into "${schema}".migrations (id, name, checksum, applied_at) values ($1, $2, $3, now())`,
  )
  await tx.query({ text, values: [next.id, next.name, next.checksum] })
  return next.name
}

/**
 * Applies the missing migrations. Returns the names of those it applied.
 * @throws ConfigError when the database is of a newer version or was migrated with another text, the schema
 * name is invalid, or the server refuses permanently (missing privilege, a conflicting object)
 * @throws AuthError `unavailable` when the lock or the server is not available
 */
export async function migrate(
  database: Database,
  schema: string,
  options: MigrateOptions = {},
): Promise<string[]> {
  checkName(schema)
  const done: string[] = []
  for (;;) {
    const name = await database
      .transaction((tx) => applyNext(tx, schema, options))
      .catch((error: unknown) => {
        throw toStartError(error)
      })
    if (name === null) return done
    options.onProgress?.(name)
    done.push(name)
  }
}

/**
 * Whether a newer version has migrated the database further and left the migrations of this version
 * unchanged. This happens to a node that keeps running during a rolling deployment.
 * @throws ConfigError when the schema name is invalid
 */
export async function isMigratedAhead(database: Database, schema: string): Promise<boolean> {
  checkName(schema)
  const known = await loadMigrations()
  const applied = await findApplied(database, schema)
  const newer = applied.filter(({ id }) => known.every((migration) => migration.id !== id))
  const own = applied.filter((each) => !newer.includes(each))
  return newer.length > 0 && own.length === known.length && judge(own, known).length === 0
}

/** The names of the migrations that are not applied yet. @throws ConfigError as `migrate` does */
export async function pendingMigrations(
  database: Database,
  schema: string,
  features: readonly FeatureMigrations[] = [],
): Promise<string[]> {
  checkName(schema)
  const known = await loadMigrations()
  const applied = await findApplied(database, schema)
  const faults = judge(applied, known)
  if (faults.length > 0) throw new ConfigError(faults)
  const pending = known.filter(({ id }) => applied.every((each) => each.id !== id)).map(({ name }) => name)
  // The table of their migrations is one of the kernel's.
  if (pending.length > 0) return pending
  return (await pendingOfFeatures(database, schema, features)).map(({ name }) => name)
}
