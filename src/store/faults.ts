/**
 * Turns faults of drivers and networks into `unavailable` or `internal`.
 *
 * Invariant: the error contains no value of a statement. A driver's message is kept only where it can't quote
 * one: never for the SQLSTATE classes 22 and 23, and never its detail, hint or parameters.
 */

import { AuthError, ConfigError } from '../base/index.js'
import type { SqlState } from '../base/index.js'
import { schema } from './migrations/generated.js'
import { refusalOf, startRefusalOf } from './refusals.js'

interface DriverError {
  readonly code?: unknown
  readonly constraint?: unknown
  readonly message?: unknown
  readonly cause?: unknown
  readonly originalError?: unknown
  /** Where Prisma keeps the server's error; with a driver adapter, one level deeper. */
  readonly meta?: {
    readonly code?: unknown
    readonly message?: unknown
    readonly driverAdapterError?: { readonly cause?: unknown }
  }
  /** The names of code and message in Prisma's driver adapters. */
  readonly originalCode?: unknown
  readonly originalMessage?: unknown
}

const uniqueViolation = '23505'
// Prisma's own codes (P1001, P2010, …) have the same form; they don't collide with the SQLSTATE class P0.
const sqlState = /^(?!P[1-9])[0-9A-Z]{5}$/

// Connection failures, shutdown, exhausted resources, time-outs, locks, I/O of the server, a server that is
// read-only after a failover, and an object that is not in the required state.
const passing = /^(?:08|53|57|58)|^(?:55P03|55000|25006|40001|40P01|25P03|XX000)$/
const network = new Set(
  `ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN ENOENT EADDRNOTAVAIL EMFILE ENFILE`.split(
    ' ',
  ),
)
// Prisma: not reachable, timed out, closed; its pool is exhausted; its transaction timed out or conflicted
// with another.
const prismaAbsence = new Set('P1001 P1002 P1008 P1017 P2024 P2028 P2034 P2037'.split(' '))
// Messages of pg and PGlite that have no code.
const wordsOfAbsence =
  /timeout|terminated|not queryable|connection (?:error|ended|closed)|client was closed|is closed|after calling end|is closing/i

function* chainOf(error: unknown): Generator<DriverError> {
  let link = error as DriverError | undefined
  for (let depth = 0; depth < 5 && typeof link === 'object' && link !== null; depth++) {
    yield link
    link = (link.cause ?? link.originalError ?? link.meta?.driverAdapterError?.cause) as
      DriverError | undefined
  }
}

/** The SQLSTATE of an error, also if a query builder wrapped it. */
export function sqlStateOf(error: unknown): SqlState | undefined {
  for (const link of chainOf(error)) {
    for (const code of [link.code, link.meta?.code, link.originalCode]) {
      if (typeof code === 'string' && sqlState.test(code) && !network.has(code)) return code as SqlState
    }
  }
  return undefined
}

// The columns of a unique index, as its definition lists them.
function columnsOf(constraint: string): string | undefined {
  const key = Object.keys(schema).find((each) => each.startsWith('index ') && each.endsWith(`.${constraint}`))
  return key === undefined ? undefined : / USING btree \(([^)]*)\)/.exec(schema[key] ?? '')?.[1]
}

// `(username_key)=(…)`: the detail, which is all that Prisma's engines pass on. Values follow the columns.
const detailedColumns = /^[^(]*\(([^)]*)\)=\(/
// The name in the primary message, which contains no value, in the quotation marks of the server's language.
const quotedName = /["“„«»]\s?([a-z][a-z0-9_]*)\s?["”“«»]/

/** The constraint that the error is about: its name, else its columns. */
function violated(error: unknown): { readonly name?: string; readonly columns?: string } {
  for (const link of chainOf(error)) {
    if (typeof link.constraint === 'string') return { name: link.constraint }
  }
  for (const link of chainOf(error)) {
    const own = link.code === uniqueViolation ? link.message : undefined
    for (const words of [link.meta?.message, link.originalMessage, own]) {
      if (typeof words !== 'string') continue
      const columns = detailedColumns.exec(words)?.[1]
      if (columns !== undefined) return { columns: columns.replaceAll('"', '') }
      const name = quotedName.exec(words)?.[1]
      if (name !== undefined) return { name }
    }
  }
  return {}
}

/** Whether the error is a violation of this unique constraint or index. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  if (sqlStateOf(error) !== uniqueViolation) return false
  const { name, columns } = violated(error)
  return name === undefined ? columns !== undefined && columns === columnsOf(constraint) : name === constraint
}

/** A fault without any values. */
class DatabaseFault extends Error {
  override readonly name = 'DatabaseFault'
  readonly code: string | undefined
  constructor(message: string, code: string | undefined) {
    super(message)
    this.code = code
  }
}

function describe(error: unknown, state: string | undefined): DatabaseFault {
  const { code, message } = (error ?? {}) as DriverError
  const own = typeof code === 'string' ? code : undefined
  const words = (typeof message === 'string' ? message.split('\n')[0] : '') || (own ?? 'unknown fault')
  if (state === undefined) return new DatabaseFault(words, own)
  const mayQuote = /^(?:22|23|42P0[89]|P0|HV)/.test(state) || error !== [...chainOf(error)].at(-1)
  const { name } = state.startsWith('23') ? violated(error) : {}
  return new DatabaseFault(
    mayQuote ? `SQLSTATE ${state}${name === undefined ? '' : ` on ${name}`}` : words,
    state,
  )
}

function isAbsence(error: unknown, state: string | undefined): boolean {
  if (state !== undefined) return passing.test(state)
  for (const link of chainOf(error)) {
    if (typeof link.code === 'string' && (network.has(link.code) || prismaAbsence.has(link.code))) return true
    if (typeof link.message === 'string' && wordsOfAbsence.test(link.message)) return true
    if (link instanceof AggregateError && link.errors.some((each) => isAbsence(each, undefined))) return true
  }
  return false
}

/** The `AuthError` for a fault. An `AuthError` is returned unchanged. */
export function toAuthError(error: unknown): AuthError {
  if (AuthError.is(error)) return error
  const state = sqlStateOf(error)
  const cause = describe(error, state)
  const refusal = refusalOf(state, cause.message)
  if (refusal !== undefined)
    return new AuthError('internal', {
      reason: state ?? 'database_refused',
      cause: new DatabaseFault(refusal, state),
    })
  if (isAbsence(error, state)) {
    return new AuthError('unavailable', {
      reason: state ?? 'database_unreachable',
      retryAfterMs: 1000,
      cause,
    })
  }
  return new AuthError('internal', { reason: state ?? 'database_fault', cause })
}

/**
 * The error that prevents a node from starting: a `ConfigError` if the operator must fix something, else as
 * `toAuthError`.
 */
export function toStartError(error: unknown): AuthError | ConfigError {
  if (error instanceof ConfigError) return error
  const state = AuthError.is(error) ? undefined : sqlStateOf(error)
  const refusal = startRefusalOf(state, describe(error, state).message)
  return refusal === undefined ? toAuthError(error) : new ConfigError([`database: ${refusal}`])
}
