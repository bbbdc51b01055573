/**
 * Wires the floors together. The only place that knows every port and its implementation.
 *
 * Invariants: (1) two `Auth` in one process share nothing; (2) what was opened is closed again, also when opening
 * fails half-way; (3) inside a caller's transaction nothing is announced, since only the caller knows whether it
 * commits.
 */

import { createBlocklist } from './blocklist/index.js'
import { AuthError } from './base/index.js'
import type {
  Accounts,
  Announcer,
  Context,
  EventListener,
  EventType,
  OutboxEntry,
  OutboxState,
} from './core/index.js'
import { createAccounts } from './core/index.js'
import { openDatabase, secretFileOf, settleSchema } from './database.js'
import type { DrainReport, Inbox } from './delivery/index.js'
import { createInbox, createWorker } from './delivery/index.js'
import { developmentSecret } from './development-secret.js'
import { createEvents } from './events.js'
import { createHasher } from './hashing/index.js'
import { createLinks } from './links.js'
import type { AuthOptions } from './options.js'
import { createPhones } from './phone/index.js'
import { createSecrets } from './secrets/index.js'
import type { Settings } from './settings.js'
import { readSettings } from './settings.js'
import type { Database, Row } from './store/index.js'
import {
  createOutbox,
  createRunner,
  findDrift,
  isMigratedAhead,
  migrate,
  pendingMigrations,
  prepareStore,
  tablesOf,
  toAuthError,
  transactionQueryable,
} from './store/index.js'

/** Whether the database answers and has the expected schema. */
export interface Health {
  readonly status: 'ok' | 'degraded' | 'unavailable'
  readonly database: 'postgres' | 'pglite'
  /** Names of migrations that are not applied. */
  readonly pending: readonly string[]
  /** How the schema differs from the expected one, in sentences. */
  readonly drift: readonly string[]
}

/** An engine: its accounts, its queue, and how to close it. */
export interface Auth {
  /** The operations on users, identities, sessions and verifications; `with(tx)` runs them in a transaction of yours. */
  readonly accounts: Accounts & {
    /**
     * The same operations inside a transaction of the caller's: rolled back with it, messages included. Listeners are
     * not called. Takes a client of `pg`, a PGlite transaction, or the transaction of Kysely, Prisma or Drizzle.
     * @throws TypeError where it is none of these
     */
    with(tx: unknown): Accounts
  }
  /** The queue of promised messages. */
  readonly outbox: {
    /** Delivers what is due now. For tests, and for serverless hosts inside `waitUntil`. */
    drain(): Promise<DrainReport>
    /** The newest messages first, 100 by default. */
    list(options?: { state?: OutboxState | undefined; limit?: number | undefined }): Promise<OutboxEntry[]>
    /** Makes a message due now. @throws AuthError `not_found` when it is gone, or its secrets are wiped */
    retry(id: string): Promise<void>
  }
  /** The inbox of development, which stands in where no sender is given. */
  readonly inbox: Inbox | null
  /** Calls `listener` after the commit of each event of this type, or of all with `'*'`. Returns how to stop. */
  on(type: EventType | '*', listener: EventListener): () => void
  /** The raw handle, for reading. */
  query(text: string, values?: readonly unknown[]): Promise<{ rows: Row[] }>
  /** Applies the migrations that are missing. Returns their names. */
  migrate(onProgress?: (name: string) => void): Promise<string[]>
  health(): Promise<Health>
  /** Waits for deliveries in flight, and leaves no connection, timer or listener open. */
  close(): Promise<void>
}

/** What the testing kit puts in between. */
export interface Seams {
  readonly decorate?: (database: Database) => Database
  /** Leaves the schema unchecked, for the command that is there to look at it. */
  readonly unsettled?: boolean
}

async function openSecrets(settings: Settings): Promise<readonly [string, ...string[]]> {
  const [first, ...others] = settings.secrets ?? [await developmentSecret(secretFileOf(settings))]
  return [first as string, ...others]
}

async function checkHealth(database: Database, schema: string): Promise<Health> {
  try {
    // A release migrates first and replaces its nodes then: until their turn comes they are in service, and no judge of
    // a schema that they do not know.
    if (await isMigratedAhead(database, schema)) {
      return { status: 'ok', database: database.kind, pending: [], drift: [] }
    }
    const [pending, drift] = [await pendingMigrations(database, schema), await findDrift(database, schema)]
    const status = pending.length + drift.length === 0 ? 'ok' : 'degraded'
    return { status, database: database.kind, pending, drift }
  } catch (error) {
    if (toAuthError(error).code !== 'unavailable') throw error
    return { status: 'unavailable', database: database.kind, pending: [], drift: [] }
  }
}

/** Opens an engine. Hosts call `createAuth`. */
export async function openAuth(options: AuthOptions, seams: Seams = {}): Promise<Auth> {
  const settings = readSettings(options)
  const blocklist = createBlocklist({
    ...settings.blocklist,
    onFault: (error) =>
      settings.logger.warn({ error: (error as Error).message }, 'a password could not be looked up'),
  })
  const opened = await openDatabase(settings)
  const database = seams.decorate?.(opened) ?? opened
  try {
    if (seams.unsettled !== true) await settleSchema(database, settings)
    return wire(settings, { database, blocklist, secrets: await openSecrets(settings) })
  } catch (error) {
    await database.close()
    throw error instanceof Error && error.name === 'ConfigError' ? error : toAuthError(error)
  }
}

function wire(
  settings: Settings,
  parts: {
    readonly database: Database
    readonly blocklist: Context['blocklist']
    readonly secrets: readonly [string, ...string[]]
  },
): Auth {
  const { database, blocklist } = parts
  const { logger, schema } = settings
  const tables = tablesOf(schema)
  const bindStore = prepareStore(settings)
  const events = createEvents(logger)
  const inbox = settings.sender === undefined ? createInbox() : null
  const secrets = createSecrets({ secrets: parts.secrets, codeLength: settings.codeLength })
  const outbox = createOutbox(createRunner(database, false), tables, database)
  const worker = createWorker({
    outbox,
    secrets,
    sender: settings.sender ?? (inbox as Inbox),
    link: createLinks(settings),
    logger,
    maxAttempts: settings.outbox.maxAttempts,
    random: Math.random,
  })
  const announcer: Announcer = { announce: (event) => events.announce(event), queued: () => worker.wake() }
  const silent: Announcer = { announce: () => undefined, queued: () => undefined }
  const ports = {
    secrets,
    hasher: createHasher(settings.hashing),
    blocklist,
    phones: createPhones(),
    settings,
  }
  const accounts = createAccounts({
    ...ports,
    store: bindStore(database, false),
    announcer,
    inTransaction: false,
  })
  const stopSweeping = sweepRegularly(accounts, settings)
  if (settings.outbox.worker) worker.start()

  return {
    accounts: {
      ...accounts,
      with: (tx) =>
        createAccounts({
          ...ports,
          store: bindStore(transactionQueryable(tx), true),
          announcer: silent,
          inTransaction: true,
        }),
    },
    outbox: {
      drain: () => worker.drain(),
      list: ({ state, limit = 100 } = {}) => outbox.list({ state: state ?? null, limit }),
      async retry(id) {
        const outcome = await outbox.retry(id)
        if (outcome !== 'due') throw new AuthError('not_found', { reason: `message_${outcome}` })
        worker.wake()
      },
    },
    inbox,
    on: (type, listener) => events.on(type, listener),
    async query(text, values = []) {
      try {
        return await database.query({ text, values })
      } catch (error) {
        throw toAuthError(error)
      }
    },
    migrate: (onProgress) => migrate(database, schema, onProgress === undefined ? {} : { onProgress }),
    health: () => checkHealth(database, schema),
    async close() {
      stopSweeping()
      await worker.stop()
      await database.close()
    },
  }
}

function sweepRegularly(accounts: Accounts, { sweep, logger }: Settings): () => void {
  if (sweep.everyMs === null) return () => undefined
  const timer = setInterval(() => {
    accounts.sweep().then(
      (report) => logger.debug({ ...report }, 'swept'),
      (error: unknown) => logger.warn({ error: (error as Error).message }, 'the sweep failed'),
    )
  }, sweep.everyMs).unref()
  return () => clearInterval(timer)
}
