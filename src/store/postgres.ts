/**
 * A PostgreSQL server through `pg`: a pool with time-outs, and a dedicated connection to listen on.
 *
 * Invariants: (1) an idle connection that breaks never crashes the process; (2) listening uses no connection
 * of the pool, so a pool of one can't wait for itself; (3) a pool of the host's is never closed here; (4) a
 * statement that isn't answered in time fails, and its connection is destroyed; (5) an urgent statement never
 * waits for others.
 */

import { ConfigError, createSemaphore, withTimeLimit } from '../base/index.js'
import type { Semaphore } from '../base/index.js'
import { unanswered, watchAnswers } from './answer-watch.js'
import type { Cuttable } from './answer-watch.js'
import { cancelStatement } from './cancel.js'
import { createListener } from './listener.js'
import type { ClientLike } from './listener.js'
import type { Database, Row, Statement, TransactionHandle } from './queryable.js'

/** A statement as `pg` takes it: with the milliseconds after which it stops waiting for the answer. */
type Limited = Statement & { readonly query_timeout?: number }

/** The methods of a `pg` pool that we call. */
export interface PoolLike {
  query(statement: Limited): Promise<{ rows: Row[] }>
  connect(): Promise<PoolClientLike>
  on(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
  end(): Promise<void>
  readonly options?: unknown
}

/** The methods of a client checked out of a pool that we call. */
export interface PoolClientLike {
  query(statement: Limited): Promise<{ rows: Row[] }>
  on(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
  release(error?: Error | boolean): void
}

/** How to connect to the server. Times are in milliseconds. */
export interface PostgresOptions {
  /** Maximum number of connections; 10 by default. */
  readonly max?: number
  /** How long to wait for a connection, new or from the pool; 5 s by default. */
  readonly connectTimeoutMs?: number
  /**
   * How long a statement may run; 5 s by default. The server enforces it, and a second later the client stops
   * waiting itself, in case a pooler ignores the limit or the answer was lost: the connection is then
   * destroyed.
   */
  readonly statementTimeoutMs?: number
  /** The name in `pg_stat_activity`; `latchkey` by default. */
  readonly applicationName?: string
  /** Called for every fault of an idle or listening connection. */
  readonly onError?: (error: Error) => void
}

const defaultStatementTimeoutMs = 5_000
// The server times a statement out first, as long as its answers arrive.
const answerGraceMs = 1_000
// The maximum delay of the platform's timers, which `pg` uses.
const unlimitedMs = 2_147_483_647
const closeLimitMs = 2_000
const listenLimitMs = 5_000

function isPool(database: unknown): database is PoolLike {
  const { query, connect, totalCount } = (database ?? {}) as Record<string, unknown>
  return typeof query === 'function' && typeof connect === 'function' && typeof totalCount === 'number'
}

/**
 * Opens a server by its URL (`postgres://…`), or takes a `pg` pool of the host's.
 * @throws ConfigError for anything else
 */
export async function openPostgres(
  database: string | PoolLike,
  options: PostgresOptions = {},
): Promise<Database> {
  const onError = options.onError ?? (() => undefined)
  if (typeof database !== 'string') {
    if (!isPool(database)) throw new ConfigError(['database: must be a postgres:// URL or a Pool of pg.'])
    return overPool(database, { owned: false, onError })
  }
  if (!/^postgres(?:ql)?:\/\//.test(database)) {
    throw new ConfigError(['database: the URL of a server must start with postgres:// or postgresql://.'])
  }
  const { default: pg } = await import('pg')
  const connectTimeoutMs = options.connectTimeoutMs ?? 5_000
  const statementTimeoutMs = options.statementTimeoutMs ?? defaultStatementTimeoutMs
  const pool = new pg.Pool({
    connectionString: database,
    max: options.max ?? 10,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 60_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: options.applicationName ?? 'latchkey',
  })
  return overPool(pool, {
    owned: true,
    answerLimitMs: statementTimeoutMs + answerGraceMs,
    onError,
    connect: () => new pg.Client(listening({ connectionString: database }, connectTimeoutMs)),
  })
}

/** How one pool is used. A pool of our own has a limit for its answers. */
interface Ways {
  readonly owned: boolean
  readonly answerLimitMs?: number
  readonly onError: (error: Error) => void
  readonly connect?: () => ClientLike
}

function overPool(pool: PoolLike, ways: Ways): Database {
  const { owned, answerLimitMs, onError } = ways
  pool.on('error', onError)
  const listener = createListener(ways.connect ?? clientOf(pool), onError)
  const semaphore = turnsAt(pool)
  const { limited, begin, cancels } = limitsOf(pool, answerLimitMs)
  const watch = answerLimitMs === undefined ? undefined : watchAnswers(pool, answerLimitMs)
  const end = owned ? watchConnections(pool) : undefined
  let closing: Promise<void> | undefined

  async function close(): Promise<void> {
    await listener.close()
    if (end !== undefined) await end()
    else pool.off('error', onError)
  }

  // A watched connection needs no timer for each statement.
  const single = (statement: Statement): Promise<{ rows: Row[] }> =>
    pool.query(watch === undefined ? limited(statement) : statement)

  // A server without a time limit is asked to cancel the statement before the connection is destroyed.
  async function ask(statement: Statement): Promise<{ rows: Row[] }> {
    if (!cancels) return single(statement)
    const client = await pool.connect()
    client.on('error', onError)
    let broken: Error | undefined
    try {
      return await client.query(limited(statement))
    } catch (error) {
      if (isUnanswered(error)) {
        broken = error
        await cancelStatement(client)
      }
      throw error
    } finally {
      client.off('error', onError)
      client.release(broken)
    }
  }

  return {
    kind: 'postgres',
    query: (statement) =>
      statement.urgent === true ? single(statement) : semaphore.run(() => ask(statement)),

    async transaction(work) {
      const client = await pool.connect()
      watch?.ignore(client)
      // The pool does not watch a checked-out client, and an `error` event without a listener ends the
      // process.
      client.on('error', onError)
      let broken: Error | undefined
      try {
        await client.query(limited({ text: begin, values: [] }))
        const result = await work(toHandle(client, limited))
        await client.query(limited({ text: 'commit', values: [] }))
        return result
      } catch (error) {
        // After a statement without an answer, a rollback would wait for the same answer.
        broken = isUnanswered(error) ? error : await rollBack(client, limited)
        if (cancels && isUnanswered(error)) await cancelStatement(client)
        throw error
      } finally {
        client.off('error', onError)
        client.release(broken)
      }
    },

    listen: (channel, onNotify) => listener.listen(channel, onNotify),
    relisten: () => listener.reopen(),

    close: () => (closing ??= close()),
  }
}

// Session checks have at most two statements in progress.
const kept = 2

// Schedules everything that is not urgent, as long as the pool itself would let it wait. A small pool has no
// connection to spare, and keeps its own order.
function turnsAt({ options }: PoolLike): Pick<Semaphore, 'run'> {
  const { max, connectionTimeoutMillis } = (options ?? {}) as Record<string, number | undefined>
  if (max === undefined || max < 2 * kept) return { run: (work) => work() }
  return createSemaphore(max - kept, connectionTimeoutMillis)
}

const beginning = 'begin isolation level read committed'

/** The time limits of one pool. */
interface Limits {
  limited(statement: Statement): Limited
  /** The statements that begin our own transactions. */
  readonly begin: string
  /** Whether the server has no time limit of its own, so that statements must be canceled explicitly. */
  readonly cancels: boolean
}

// A host's pool may have the limit in its options. Otherwise each statement sets it.
function limitsOf({ options }: PoolLike, answerLimitMs: number | undefined): Limits {
  const { query_timeout: own, statement_timeout: server } = (options ?? {}) as Record<string, unknown>
  const isLimited = (limit: unknown): limit is number => typeof limit === 'number' && limit > 0
  const cancels = !isLimited(server)
  const ownMs = isLimited(own) ? own : undefined
  const limitMs =
    answerLimitMs ?? ownMs ?? (isLimited(server) ? server + answerGraceMs : defaultStatementTimeoutMs)
  return {
    limited: (statement) => (ownMs === undefined ? { ...statement, query_timeout: limitMs } : statement),
    begin: cancels ? `${beginning}; set local statement_timeout = ${limitMs}` : beginning,
    cancels,
  }
}

function isUnanswered(error: unknown): error is Error {
  return error instanceof Error && error.message === unanswered
}

// How to end a pool: does not wait for a server that ignores the termination of a connection.
function watchConnections(pool: PoolLike): () => Promise<void> {
  const open = new Set<Cuttable>()
  const { on } = pool as unknown as { on(event: string, listener: (client: Cuttable) => void): unknown }
  on.call(pool, 'connect', (client) => open.add(client))
  on.call(pool, 'remove', (client) => open.delete(client))
  return async () => {
    const ended = pool.end()
    if (
      (await withTimeLimit(
        ended.then(() => true),
        closeLimitMs,
        false,
      )) ||
      open.size === 0
    )
      return
    for (const { connection } of open) connection?.stream?.destroy()
    await withTimeLimit(ended, closeLimitMs, undefined)
  }
}

// A connection that can't even roll back is discarded.
async function rollBack(
  client: PoolClientLike,
  limited: (statement: Statement) => Limited,
): Promise<Error | undefined> {
  try {
    await client.query(limited({ text: 'rollback', values: [] }))
    return undefined
  } catch (error) {
    return error as Error
  }
}

function toHandle(client: PoolClientLike, limited: (statement: Statement) => Limited): TransactionHandle {
  return {
    query: (statement) =>
      client.query(
        statement.unlimited === true ? { ...statement, query_timeout: unlimitedMs } : limited(statement),
      ),
    // Without values `pg` uses the simple protocol, which accepts several statements. An index on a large
    // table takes its time.
    run: async (script) => {
      await client.query({ text: script, query_timeout: unlimitedMs } as unknown as Limited)
    },
  }
}

// The options of a listening connection. Copied by descriptors, because pools hide their password from
// copies.
function listening(options: object, connectTimeoutMs = 5_000): object {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(options))
  return Object.assign(copy, {
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: listenLimitMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  })
}

// A `pg` pool exposes its options and the class of its clients.
function clientOf(pool: PoolLike): (() => ClientLike) | null {
  const { options, Client } = pool as { options?: object; Client?: new (options: object) => ClientLike }
  return Client === undefined ? null : () => new Client(listening(options ?? {}))
}
