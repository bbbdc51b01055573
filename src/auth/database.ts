/**
 * Opens the database that the `database` option names, and makes sure that its schema is the expected one.
 */

import { ConfigError } from '../base/index.js'
import type { Settings } from './settings.js'
import type { Database, PgliteLike, PoolLike } from '../store/index.js'
import {
  findDrift,
  migrate,
  openPglite,
  openPostgres,
  pendingMigrations,
  settleAuditKeep,
} from '../store/index.js'

const developmentDirectory = '.latchkey/data'

function has(value: unknown, ...methods: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function')
  )
}

/** The file of the development secret, or null if the database is not stored in a directory. */
export function secretFileOf({ database }: Settings): string | null {
  if (database === 'memory') return null
  if (typeof database === 'object' && 'dataDir' in database && typeof database.dataDir === 'string') {
    return `${database.dataDir}.secret`
  }
  return database === undefined ? `${developmentDirectory}.secret` : '.latchkey/server.secret'
}

/** Opens the database. @throws ConfigError if the option is not one that `AuthOptions.database` lists */
export async function openDatabase(settings: Settings): Promise<Database> {
  const { database, logger } = settings
  const onError = (error: Error): void => {
    logger.warn({ error: error.message }, 'a database connection was lost')
  }
  if (database === undefined) return openPglite({ dataDir: developmentDirectory })
  if (database === 'memory') return openPglite('memory')
  if (typeof database === 'string') return openPostgres(database, { onError })
  if (has(database, 'query', 'transaction', 'listen', 'close') && 'kind' in database) return database
  if (has(database, 'query', 'exec', 'transaction', 'listen'))
    return openPglite({ instance: database as PgliteLike })
  if (has(database, 'query', 'connect')) return openPostgres(database as PoolLike, { onError })
  if ('dataDir' in database && typeof database.dataDir === 'string')
    return openPglite({ dataDir: database.dataDir })
  throw new ConfigError([
    "database: give a postgres:// URL, a Pool of pg, a PGlite instance, { dataDir }, or 'memory'.",
  ])
}

/**
 * Migrates if `migrate` is set (by default for an embedded database), and rejects an unexpected schema.
 * @throws ConfigError naming every difference and the command that fixes it
 */
export async function settleSchema(database: Database, settings: Settings): Promise<void> {
  const { schema, logger } = settings
  const { migrations } = settings.folded
  if (settings.migrate ?? database.kind === 'pglite') {
    await migrate(database, schema, {
      features: migrations,
      onProgress: (name) => logger.info({ name }, 'migration applied'),
    })
  }
  const pending = await pendingMigrations(database, schema, migrations)
  if (pending.length > 0) {
    throw new ConfigError([
      `database: ${pending.length} migrations are missing (${pending.join(', ')}). Run \`npx latchkey migrate\`, or pass migrate: true.`,
    ])
  }
  const drift = await findDrift(database, schema)
  if (drift.length > 0) throw new ConfigError(drift.map((sentence) => `database: ${sentence}`))
  await settleAuditKeep(database, schema, settings.audit.keepMs)
}
