/**
 * Wires the layers together. This is the only file that knows every port and its implementation.
 *
 * Invariants: (1) two `Auth` in one process share nothing; (2) everything that was opened is closed again,
 * even if opening fails halfway; (3) inside a caller's transaction no event is announced, since only the
 * caller knows whether it commits.
 */

import { createBlocklist } from '../blocklist/index.js'
import { AuthError, parseDuration, withTimeLimit } from '../base/index.js'
import type { Duration } from '../base/index.js'
import type {
  Accounts,
  Context,
  DeliveryOutcome,
  EventListener,
  EventType,
  LeasedMessage,
  OutboxEntry,
  OutboxState,
} from '../core/index.js'
import type { SessionFeed } from '../session-cache/index.js'
import { createOperations } from './account-operations.js'
import type { AccountOperations, ActingAccounts } from './account-operations.js'
import { openDatabase, secretFileOf, settleSchema } from './database.js'
import { createDatabaseClock } from './database-clock.js'
import type { DatabaseClock } from './database-clock.js'
import type { DrainReport, Inbox } from '../delivery/index.js'
import { createInbox, createWorker } from '../delivery/index.js'
import { developmentSecret } from './development-secret.js'
import { createBinding } from './binding.js'
import { createEvents } from './events.js'
import { createHealth } from './health.js'
import type { Health } from './health.js'
import type { Peer, Scope } from '../http/index.js'
import { createHasher } from '../hashing/index.js'
import { createLinks } from './links.js'
import type { AuthOptions } from './options.js'
import { createPhones } from '../phone/index.js'
import type { LocatedPhones } from '../phone/index.js'
import { createSecrets } from '../secrets/index.js'
import { keepSessions } from './session-memory.js'
import type { Settings } from './settings.js'
import { readSettings } from './settings.js'
import type { Database, Queryable, Row } from '../store/index.js'
import {
  createCallerTransactions,
  createLimitStore,
  createRefusals,
  createOutbox,
  createRevocationChannel,
  createRunner,
  migrate,
  settleAuditKeep,
  tablesOf,
  toAuthError,
  toStartError,
} from '../store/index.js'
import type { Telemetry } from '../telemetry/index.js'
import { createWeb, loadWeb } from './web.js'
import type { LoadedWeb } from './web.js'

/** Authentication on one database, as returned by `createAuth`. */
export interface Auth {
  /**
   * Users, identities, sessions and verifications. `with(tx)` runs the operations in your transaction, and
   * `by(actor)` records who does them.
   */
  readonly accounts: AccountOperations
  /**
   * The account operations, and those of features, inside your transaction: see `accounts.with`.
   * @throws TypeError if `tx` is no transaction
   */
  with(tx: unknown): { readonly accounts: ActingAccounts }
  /**
   * Answers every request below `basePath`. It never throws: errors are problem documents (RFC 9457). `peer`
   * is the connection that the request came on.
   */
  fetch(request: Request, peer?: Peer): Promise<Response>
  /** The path below which `fetch` answers, such as `/auth`. */
  readonly basePath: string
  /**
   * The user and session of a request to your own routes, or null. Runs one prepared statement, and a second
   * one to extend the session, at most once per `session.renewEvery`.
   * @throws AuthError `unavailable`
   */
  scope(request: Request): Promise<Scope | null>
  /**
   * Like `scope`, but throws if nobody is signed in, or if the last sign-in is older than `maxAge`.
   * @throws AuthError `session_required`, `assurance_required` with the acceptable `methods`, `unavailable`
   * @throws TypeError if `maxAge` is not a duration
   */
  requireScope(request: Request, options?: { readonly maxAge?: Duration | undefined }): Promise<Scope>
  /**
   * The problem document (RFC 9457) for an error that your own route threw. An `AuthError` keeps its status;
   * any other error becomes `internal`, without details.
   */
  problem(thrown: unknown): Promise<Response>
  /** The queue of outgoing messages. */
  readonly outbox: {
    /** Delivers the messages that are due now. For tests, and for serverless hosts inside `waitUntil`. */
    drain(): Promise<DrainReport>
    /** Lists messages, newest first. @default `limit`: 100 */
    list(options?: { state?: OutboxState | undefined; limit?: number | undefined }): Promise<OutboxEntry[]>
    /**
     * Makes a message due now.
     * @throws AuthError `not_found` if it no longer exists or its secrets were erased
     */
    retry(id: string): Promise<void>
  }
  /** The development inbox, used if no sender is configured. */
  readonly inbox: Inbox | null
  /** Reports each session that ends on any node, for example to sign out open pages by server-sent events. */
  readonly sessionFeed: Pick<SessionFeed, 'subscribe' | 'count'>
  /**
   * Calls `listener` after each committed event of this type, or of every type with `'*'`. Returns a function
   * that stops it.
   */
  on(type: EventType | '*', listener: EventListener): () => void
  /** Runs a query on the database. Use it only for reading. */
  query(text: string, values?: readonly unknown[]): Promise<{ rows: Row[] }>
  /** Applies the missing migrations and returns their names. */
  migrate(onProgress?: (name: string) => void): Promise<string[]>
  /** Checks the database, its schema and the session backend. */
  health(): Promise<Health>
  /**
   * Takes this node out of rotation: `/ready` answers 503 from now on; everything else still works. Call it
   * when your process is asked to stop, a few seconds before your server stops listening.
   */
  retire(): void
  /**
   * Stops in this order: not ready, requests in flight, deliveries in flight, connections. No connection,
   * timer or listener stays open. `timeoutMs` limits the whole stop; unfinished work is then abandoned. A
   * second call does nothing.
   * @default `timeoutMs`: 30000
   */
  close(options?: { readonly timeoutMs?: number | undefined }): Promise<void>
}

/** Hooks for the testing kit. */
export interface TestHooks {
  readonly decorate?: (database: Database) => Database
  /** Like `decorate`, for a caller's transaction. */
  readonly within?: <T extends Queryable>(tx: T) => T
  /** Skips the schema check, for the command that inspects the schema. */
  readonly skipSchemaCheck?: boolean
  /** Milliseconds by which the clock was moved. */
  readonly movedMs?: () => number
}

async function openSecrets(settings: Settings): Promise<readonly [string, ...string[]]> {
  const [first, ...others] = settings.secrets ?? [await developmentSecret(secretFileOf(settings))]
  return [first as string, ...others]
}

const defaultCloseTimeoutMs = 30_000

/** Opens an `Auth`. Hosts call `createAuth`. */
export async function openAuth(options: AuthOptions, testHooks: TestHooks = {}): Promise<Auth> {
  const settings = readSettings(options)
  const blocklist = createBlocklist({
    ...settings.blocklist,
    onFault: (error) =>
      settings.logger.warn({ error: (error as Error).message }, 'a password could not be looked up'),
  })
  const opened = await openDatabase(settings)
  const database = testHooks.decorate?.(opened) ?? opened
  try {
    if (testHooks.skipSchemaCheck !== true) await settleSchema(database, settings)
    // Loaded here, so that importing the package alone stays cheap.
    const [{ createTelemetry }, loadedWeb, phones] = await Promise.all([
      import('../telemetry/index.js'),
      loadWeb(settings),
      createPhones(),
    ])
    const hasher = createHasher(settings.hashing)
    await hasher.load()
    return wire(settings, {
      database,
      blocklist,
      secrets: await openSecrets(settings),
      hasher,
      phones,
      loadedWeb,
      telemetry: createTelemetry({ keep: settings.metrics, hashQueue: () => hasher.queued() }),
      movedMs: testHooks.movedMs,
      clock: await createDatabaseClock(database, testHooks.movedMs),
      within: testHooks.within,
    })
  } catch (error) {
    await database.close()
    throw toStartError(error)
  }
}

function wire(
  settings: Settings,
  parts: {
    readonly database: Database
    readonly blocklist: Context['blocklist']
    readonly secrets: readonly [string, ...string[]]
    readonly hasher: Context['hasher']
    readonly phones: LocatedPhones
    readonly telemetry: Telemetry
    readonly loadedWeb: LoadedWeb
    readonly movedMs: TestHooks['movedMs']
    readonly clock: DatabaseClock
    readonly within: TestHooks['within']
  },
): Auth {
  const { database, blocklist, hasher, phones, telemetry, clock } = parts
  const { logger, schema } = settings
  const tables = tablesOf(schema)
  const sessionBackend = settings.sessionBackend?.open({ session: settings.session, logger })
  const bindStore = createBinding(settings, sessionBackend)
  const events = createEvents(logger)
  const inbox = settings.sender === undefined ? createInbox() : null
  const secrets = createSecrets({
    secrets: parts.secrets,
    codeLengths: settings.verification.codeLengths.digits,
  })
  // The queue, the limits and the channel run as the system, not for a user.
  const runner = createRunner(database, {
    inTransaction: false,
    actor: { type: 'system' },
    announce: events.announce,
  })
  const takeTransaction = createCallerTransactions()
  const within = parts.within ?? (<T extends Queryable>(tx: T): T => tx)
  const outbox = createOutbox(runner, tables, { database, sealHeads: secrets.sealHeads })
  const memory = keepSessions(settings, {
    store: clock.follow(bindStore(database, { inTransaction: false, announce: events.announce })),
    channel: createRevocationChannel(runner, tables, database),
    nodeId: secrets.newId(),
    movedMs: parts.movedMs,
  })
  // Counts each settled message, from every worker and drain.
  const settle = async (leased: LeasedMessage, outcome: DeliveryOutcome): Promise<boolean> => {
    const held = await outbox.settle(leased, outcome)
    if (held) telemetry.message(leased.event, outcome.state)
    return held
  }
  const worker = createWorker({
    outbox: { ...outbox, settle },
    secrets,
    sender: settings.sender ?? (inbox as Inbox),
    link: createLinks(settings),
    texts: (event) => settings.folded.messages[event]?.texts,
    logger,
    maxAttempts: settings.outbox.maxAttempts,
    random: Math.random,
    now: () => new Date(clock.now()),
  })
  const operations = createOperations({
    features: settings.features,
    ports: { secrets, hasher, blocklist, phones, settings },
    bindStore,
    ownStore: (actor) =>
      actor === undefined
        ? memory.store
        : memory.over(bindStore(database, { inTransaction: false, actor, announce: events.announce })),
    within: (tx) => within(takeTransaction(tx)),
    announcer: { queued: () => worker.wake() },
    traced: telemetry.traced,
  })

  const { accounts, features } = operations.by(undefined)
  const health = createHealth({ database, schema, sessionBackend, memory })
  const webParts = {
    settings,
    accounts,
    operationsBy: operations.by,
    secrets: parts.secrets,
    limits: createLimitStore(runner, tables),
    refusals: createRefusals(
      (actor) => createRunner(database, { inTransaction: false, actor, announce: events.announce }),
      tables,
    ),
    phones,
    inbox,
    feed: memory.feed,
    outbox: worker,
    telemetry,
    health: health.look,
    now: clock.now,
  }
  const web = createWeb(webParts, parts.loadedWeb)
  const stopSweeping = sweepRegularly(operations.by({ type: 'system' }).accounts, settings)
  if (settings.outbox.worker) worker.start()
  const requests = new Set<Promise<unknown>>()
  let closing: Promise<void> | undefined

  async function close(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs
    const inTime = (work: Promise<unknown> | undefined): Promise<unknown> =>
      withTimeLimit(Promise.resolve(work), Math.max(0, deadline - performance.now()), undefined)
    health.retire()
    stopSweeping()
    await inTime(Promise.allSettled(requests))
    await inTime(worker.stop())
    await inTime(memory.stop())
    await inTime(sessionBackend?.close())
    await database.close()
  }

  return {
    ...features,
    accounts,
    with(tx) {
      const within = operations.with(tx)
      return { ...within.features, accounts: within.accounts }
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
    basePath: settings.basePath,
    fetch(request, peer) {
      const answered = web.fetch(request, peer)
      requests.add(answered)
      const leave = (): void => void requests.delete(answered)
      answered.then(leave, leave)
      return answered
    },
    scope: (request) => web.scope(request),
    async requireScope(request, { maxAge } = {}) {
      return web.requireScope(request, { maxAgeMs: readMaxAge(maxAge) })
    },
    problem: (thrown) => web.problem(thrown),
    inbox,
    sessionFeed: memory.feed,
    on: (type, listener) => events.on(type, listener),
    async query(text, values = []) {
      try {
        return await database.query({ text, values })
      } catch (error) {
        throw error instanceof TypeError ? error : toAuthError(error)
      }
    },
    async migrate(onProgress) {
      const applied = await migrate(database, schema, {
        features: settings.folded.migrations,
        ...(onProgress !== undefined && { onProgress }),
      })
      await settleAuditKeep(database, schema, settings.audit.keepMs)
      return applied
    },
    health: health.look,
    retire: health.retire,
    close: ({ timeoutMs = defaultCloseTimeoutMs } = {}) => (closing ??= close(timeoutMs)),
  }
}

function readMaxAge(maxAge: unknown): number | undefined {
  const ms = maxAge === undefined ? undefined : parseDuration(maxAge)
  if (ms === null) throw new TypeError("maxAge: write a duration such as '10m'.")
  return ms
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
