/**
 * Errors of the client. They have the same name and codes as on the server, so `AuthError.is` recognizes
 * both.
 */

import type { ErrorCode, FieldFault } from '../base/index.js'
import type { Problem } from '../contract/index.js'
import type { Toll } from './toll.js'

/** The details of an error besides its code. */
export interface RefusalDetails {
  readonly message?: string | undefined
  readonly requestId?: string | undefined
  readonly fields?: readonly FieldFault[] | undefined
  readonly retryAfterMs?: number | undefined
  readonly methods?: readonly string[] | undefined
  readonly toll?: Toll | undefined
  readonly cause?: unknown
}

/**
 * An error of a call. A network failure is `unavailable`; a response that Latchkey did not send is
 * `unavailable` or `internal`.
 */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  readonly code: ErrorCode
  /** The id of the request in the server's log. */
  readonly requestId: string | undefined
  /** With `input_invalid`: the rules that the input breaks. */
  readonly fields: readonly FieldFault[] | undefined
  /** With `rate_limited` and `unavailable`: milliseconds to wait before the next attempt. */
  readonly retryAfterMs: number | undefined
  /** With `assurance_required`: the sign-in methods that are strong enough. */
  readonly methods: readonly string[] | undefined
  /** With `rate_limited`: a toll to solve with `solveToll` instead of waiting. */
  readonly toll: Toll | undefined

  constructor(code: ErrorCode, details: RefusalDetails = {}) {
    super(details.message ?? code, { cause: details.cause })
    this.code = code
    this.requestId = details.requestId
    this.fields = details.fields
    this.retryAfterMs = details.retryAfterMs
    this.methods = details.methods
    this.toll = details.toll
  }

  /** Whether `error` is an `AuthError` and, if `code` is given, has that code. */
  static is(error: unknown, code?: ErrorCode): error is AuthError {
    if (typeof error !== 'object' || error === null) return false
    const { name, code: found } = error as { name?: unknown; code?: unknown }
    return name === 'AuthError' && typeof found === 'string' && (code === undefined || found === code)
  }
}

/** Converts an error response to an `AuthError`; `body` is its parsed JSON, if any. */
export function toRefusal({ status, headers }: Response, body: unknown): AuthError {
  const problem = isProblem(body) ? body : null
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return new AuthError(problem?.code ?? codeOf(status), {
    message: problem?.title,
    requestId: problem?.requestId,
    fields: problem?.fields,
    methods: problem?.methods,
    toll: problem?.toll,
    retryAfterMs: problem?.retryAfterMs ?? (Number.isFinite(seconds) ? seconds * 1000 : undefined),
  })
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string'
}

// The code for a response that a proxy sent instead of Latchkey.
function codeOf(status: number): ErrorCode {
  if (status === 429) return 'rate_limited'
  return status >= 502 && status <= 504 ? 'unavailable' : 'internal'
}
