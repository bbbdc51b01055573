/**
 * Wires the floors together. The only place that knows every port and its implementation.
 *
 * Invariants: (1) two `Auth` in one process share nothing; (2) what was opened is closed again, also when opening
 * fails half-way; (3) inside a caller's transaction nothing is announced, since only the caller knows whether it
 * commits.
 */

import { createBlocklist } from '../blocklist/index.js'
import { AuthError, parseDuration, withTimeLimit } from '../base/index.js'
import type { Duration } from '../base/index.js'
import type {
  Accounts,
  Actor,
  Announcer,
  Context,
  DeliveryOutcome,
  EventListener,
  EventType,
  LeasedMessage,
  OutboxEntry,
  OutboxState,
} from '../core/index.js'
import type { SessionFeed } from '../session-cache/index.js'
import { createAccounts, readActor } from '../core/index.js'
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

/** The operations, done by an actor. */
export interface ActingAccounts extends Accounts {
  /**
   * The same operations, recorded in the audit as done by this actor. It gives no right, and takes none.
   * @throws TypeError where a part of it is malformed
   */
  by(actor: Actor): ActingAccounts
}

/** The operations of an engine; without `by` the audit records the host. */
export interface AccountOperations extends Accounts {
  /** As in `ActingAccounts`. */
  by(actor: Actor): AccountOperations
  /**
   * The same operations inside a transaction of the caller's: rolled back with it, messages included. Listeners are
   * not called. Takes a client of `pg`, a PGlite transaction, or the transaction of Kysely, Prisma or Drizzle.
   * Operations side by side take turns.
   * @throws TypeError where it is none of these, and at the first operation where it isn't open, is aborted, or is not
   *   at READ COMMITTED
   */
  with(tx: unknown): ActingAccounts
}

/** An engine: its accounts, its queue, and how to close it. */
export interface Auth {
  /**
   * The operations on users, identities, sessions and verifications; `with(tx)` runs them in a transaction of yours,
   * `by(actor)` records who does them.
   */
  readonly accounts: AccountOperations
  /**
   * Answers everything below `basePath`, as a function of a web-standard request. It never throws: a refusal is a
   * problem document (RFC 9457). `peer` says on which connection the request came.
   */
  fetch(request: Request, peer?: Peer): Promise<Response>
  /** The path below which `fetch` answers, such as `/auth`. */
  readonly basePath: string
  /**
   * Who asks, for your own routes, or null. One prepared statement; a second one, once in `session.renewEvery`, extends
   * the session.
   * @throws AuthError `unavailable`
   */
  scope(request: Request): Promise<Scope | null>
  /**
   * Who asks, for routes of yours that nobody else may use. With `maxAge` the person has signed in within that time.
   * @throws AuthError `session_required`, `assurance_required` with the acceptable `methods`, `unavailable`
   * @throws TypeError where `maxAge` is no duration
   */
  requireScope(request: Request, options?: { readonly maxAge?: Duration | undefined }): Promise<Scope>
  /**
   * The problem document (RFC 9457) of what a route of yours threw: a refusal with its status, anything else as
   * `internal`, without a word of it.
   */
  problem(thrown: unknown): Promise<Response>
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
  /** Tells when a session ends on whatever node: the source of server-sent sign-out. */
  readonly sessionFeed: Pick<SessionFeed, 'subscribe' | 'count'>
  /** Calls `listener` after the commit of each event of this type, or of all with `'*'`. Returns how to stop. */
  on(type: EventType | '*', listener: EventListener): () => void
  /** The raw handle, for reading. */
  query(text: string, values?: readonly unknown[]): Promise<{ rows: Row[] }>
  /** Applies the migrations that are missing. Returns their names. */
  migrate(onProgress?: (name: string) => void): Promise<string[]>
  health(): Promise<Health>
  /**
   * Takes this node out of rotation: `/ready` answers 503 from now on, and everything else is served as before. Call it
   * when your process is asked to end, some seconds before your server stops listening.
   */
  retire(): void
  /**
   * Ends in this order: not ready, requests in flight, deliveries in flight, connections; and leaves no connection,
   * timer or listener open. `timeoutMs` bounds all of it together, 30000 by default: what has not ended by then is not
   * waited for. Twice is once.
   */
  close(options?: { readonly timeoutMs?: number | undefined }): Promise<void>
}

/** What the testing kit puts in between. */
export interface TestHooks {
  readonly decorate?: (database: Database) => Database
  /** Like `decorate`, for a transaction of the caller's. */
  readonly within?: <T extends Queryable>(tx: T) => T
  /** Leaves the schema unchecked, for the command that is there to look at it. */
  readonly skipSchemaCheck?: boolean
  /** Milliseconds that the clock was moved by. */
  readonly movedMs?: () => number
}

async function openSecrets(settings: Settings): Promise<readonly [string, ...string[]]> {
  const [first, ...others] = settings.secrets ?? [await developmentSecret(secretFileOf(settings))]
  return [first as string, ...others]
}

const defaultCloseTimeoutMs = 30_000

/** Opens an engine. Hosts call `createAuth`. */
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
    // Loaded here, so that whoever only imports the package never pays for it.
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
  // What nobody does: the queue, the limits and the channel are the engine's own work.
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
  // What is settled is told, whichever worker or drain did it.
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
    logger,
    maxAttempts: settings.outbox.maxAttempts,
    random: Math.random,
    now: () => new Date(clock.now()),
  })
  const announcer: Announcer = { queued: () => worker.wake() }
  const silent: Announcer = { queued: () => undefined }
  const ports = {
    secrets,
    hasher,
    blocklist,
    phones,
    settings,
  }
  function accountsWithin(tx: Queryable, actor: Actor | undefined): ActingAccounts {
    const store = bindStore(tx, { inTransaction: true, actor })
    const operations = createAccounts({ ...ports, store, announcer: silent, inTransaction: true })
    return { ...telemetry.traced(operations), by: (next) => accountsWithin(tx, readActor(next)) }
  }

  function accountsBy(actor: Actor | undefined): AccountOperations {
    const store =
      actor === undefined
        ? memory.store
        : memory.over(bindStore(database, { inTransaction: false, actor, announce: events.announce }))
    const operations = createAccounts({ ...ports, store, announcer, inTransaction: false })
    return {
      ...telemetry.traced(operations),
      by: (next) => accountsBy(readActor(next)),
      with: (tx) => accountsWithin(within(takeTransaction(tx)), actor),
    }
  }

  const accounts = accountsBy(undefined)
  const health = createHealth({ database, schema, sessionBackend, memory })
  const webParts = {
    settings,
    accounts,
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
  const stopSweeping = sweepRegularly(accountsBy({ type: 'system' }), settings)
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
    accounts,
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
      const applied = await migrate(database, schema, onProgress === undefined ? {} : { onProgress })
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
