/**
 * Faults of drivers and networks, told as `unavailable` or `internal`.
 *
 * Invariant: what is told holds no value of a statement. A driver's own words are kept only where they can't quote
 * one: never for the SQLSTATE classes 22 and 23, and never its detail, hint or parameters.
 */

import { AuthError } from '../base/index.js'

interface DriverError {
  readonly code?: unknown
  readonly constraint?: unknown
  readonly message?: unknown
  readonly cause?: unknown
  readonly originalError?: unknown
  /** Where Prisma keeps what the server said; with a driver adapter, one level deeper. */
  readonly meta?: {
    readonly code?: unknown
    readonly message?: unknown
    readonly driverAdapterError?: { readonly cause?: unknown }
  }
  /** What the driver adapters of Prisma call code and message. */
  readonly originalCode?: unknown
  readonly originalMessage?: unknown
}

const uniqueViolation = '23505'
// Prisma's own codes (P1001, P2010, …) have the same form; the SQLSTATE class P0 does not collide with them.
const sqlState = /^(?!P[1-9])[0-9A-Z]{5}$/

// Connection failures, shutdown, too little of something, time-outs, locks, and I/O of the server.
const passing = /^(?:08|53|57|58)|^(?:55P03|40001|40P01|25P03|XX000)$/
const network = new Set(
  `ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN ENOENT EADDRNOTAVAIL EMFILE ENFILE`.split(
    ' ',
  ),
)
// Prisma: not reachable, timed out, closed; its pool is exhausted; its transaction ran out of time.
const prismaAbsence = new Set('P1001 P1002 P1008 P1017 P2024 P2028 P2037'.split(' '))
// What pg and PGlite say without a code.
const wordsOfAbsence =
  /timeout|terminated|not queryable|connection (?:error|ended|closed)|client was closed|is closed|after calling end|is closing/i

function* chainOf(error: unknown): Generator<DriverError> {
  let link = error as DriverError | undefined
  for (let depth = 0; depth < 5 && typeof link === 'object' && link !== null; depth++) {
    yield link
    link = (link.cause ?? link.originalError ?? link.meta?.driverAdapterError?.cause) as DriverError | undefined
  }
}

/** The SQLSTATE of an error, also where a query builder wrapped it. */
export function sqlStateOf(error: unknown): string | undefined {
  for (const link of chainOf(error)) {
    for (const code of [link.code, link.meta?.code, link.originalCode]) {
      if (typeof code === 'string' && sqlState.test(code) && !network.has(code)) return code
    }
  }
  return undefined
}

/** Whether the error is a violation of this unique constraint or index. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return sqlStateOf(error) === uniqueViolation && constraintOf(error) === constraint
}

// The name in the server's own sentence, for the wrappers that pass on nothing else. Only one that quotes no value is
// taken, whatever the language of the server: a name as we write them, in quotes of some kind.
const quotedName = /["«„»]\s*([a-z][a-z0-9_]*_(?:key|pkey|fkey|check|idx))\s*["»“«]/

/** The constraint that was violated, as far as the error tells. */
function constraintOf(error: unknown): string | undefined {
  for (const link of chainOf(error)) {
    if (typeof link.constraint === 'string') return link.constraint
  }
  for (const link of chainOf(error)) {
    for (const words of [link.meta?.message, link.originalMessage, link.message]) {
      const name = typeof words === 'string' ? quotedName.exec(words)?.[1] : undefined
      if (name !== undefined) return name
    }
  }
  return undefined
}

/** A fault without any value in it. */
class DatabaseFault extends Error {
  override readonly name = 'DatabaseFault'
  readonly code: string | undefined
  constructor(message: string, code: string | undefined) {
    super(message)
    this.code = code
  }
}

function describe(error: unknown, state: string | undefined): DatabaseFault {
  const { code, message, constraint } = (error ?? {}) as DriverError
  const words = typeof message === 'string' ? (message.split('\n')[0] ?? '') : 'unknown fault'
  if (state === undefined) return new DatabaseFault(words, typeof code === 'string' ? code : undefined)
  const mayQuote = /^(?:22|23|42P0[89]|P0|HV)/.test(state) || error !== [...chainOf(error)].at(-1)
  const subject = typeof constraint === 'string' ? ` on ${constraint}` : ''
  return new DatabaseFault(mayQuote ? `SQLSTATE ${state}${subject}` : words, state)
}

function isAbsence(error: unknown, state: string | undefined): boolean {
  if (state !== undefined) return passing.test(state)
  for (const link of chainOf(error)) {
    if (typeof link.code === 'string' && network.has(link.code)) return true
    if (typeof link.message === 'string' && wordsOfAbsence.test(link.message)) return true
    if (link instanceof AggregateError && link.errors.some((each) => isAbsence(each, undefined))) return true
  }
  return false
}

/** The `AuthError` that a fault becomes at the edge. One that is an `AuthError` already passes through. */
export function toAuthError(error: unknown): AuthError {
  if (AuthError.is(error)) return error
  const state = sqlStateOf(error)
  const cause = describe(error, state)
  if (isAbsence(error, state)) {
    return new AuthError('unavailable', {
      reason: state ?? 'database_unreachable',
      retryAfterMs: 1000,
      cause,
    })
  }
  return new AuthError('internal', { reason: state ?? 'database_fault', cause })
}
