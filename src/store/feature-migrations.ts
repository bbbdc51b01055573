/**
 * The migrations of features. Each feature numbers its own, and they run after those of the kernel.
 *
 * Invariant: an applied migration is identified by its feature, its number and its checksum.
 */

import { createHash } from 'node:crypto'
import { ConfigError } from '../base/index.js'
import { qualify } from './qualify.js'
import type { TransactionHandle } from './queryable.js'
import { runMigration } from './run-migration.js'

/** The migrations of one feature: SQL texts, the first has the number 1. Names in them are unqualified. */
export interface FeatureMigrations {
  readonly feature: string
  readonly texts: readonly string[]
}

/** One migration of a feature. */
export interface FeatureMigration {
  readonly feature: string
  readonly id: number
  /** Such as `notes/0001`. */
  readonly name: string
  readonly checksum: string
  readonly sql: string
}

type Reader = Pick<TransactionHandle, 'query'>

function listOf(features: readonly FeatureMigrations[]): readonly FeatureMigration[] {
  return features.flatMap(({ feature, texts }) =>
    texts.map((sql, index) => ({
      feature,
      id: index + 1,
      name: `${feature}/${String(index + 1).padStart(4, '0')}`,
      checksum: createHash('sha256').update(sql).digest('hex'),
      sql,
    })),
  )
}

/**
 * The migrations that are not applied yet, in order.
 * @throws ConfigError if one was applied with another text, or the database has one that is not listed
 */
export async function pendingOfFeatures(
  reader: Reader,
  schema: string,
  features: readonly FeatureMigrations[],
): Promise<readonly FeatureMigration[]> {
  if (features.length === 0) return []
  const text = qualify(
    `select feature, id, checksum from "${schema}".feature_migrations order by feature, id`,
  )
  const { rows } = await reader.query({ text, values: [] })
  const known = listOf(features)
  const names = features.map(({ feature }) => feature)
  const faults = rows
    .filter(({ feature }) => names.includes(feature as string))
    .flatMap((row) => {
      const found = known.find(({ feature, id }) => feature === row['feature'] && id === row['id'])
      if (found?.checksum === row['checksum']) return []
      return found === undefined
        ? [
            `The database has the migration ${String(row['id'])} of a newer version of the feature ${String(row['feature'])}.`,
          ]
        : [
            `The migration ${found.name} was applied with different content; released migrations never change.`,
          ]
    })
  if (faults.length > 0) throw new ConfigError(faults)
  return known.filter(({ feature, id }) =>
    rows.every((row) => row['feature'] !== feature || row['id'] !== id),
  )
}

/** Applies the next one in this transaction. Returns its name, or null if there is none. */
export async function applyNextOfFeatures(
  tx: TransactionHandle,
  schema: string,
  features: readonly FeatureMigrations[],
): Promise<string | null> {
  const [next] = await pendingOfFeatures(tx, schema, features)
  if (next === undefined) return null
  await runMigration(tx, schema, next.sql)
  const text = qualify(
    `insert into "${schema}".feature_migrations (feature, id, checksum, applied_at) values ($1, $2, $3, now())`,
  )
  await tx.query({ text, values: [next.feature, next.id, next.checksum] })
  return next.name
}
