/** Refusals as a client sees them: the same name and codes as on the server, so that `AuthError.is` knows both. */

import type { ErrorCode, FieldFault } from '../base/index.js'
import type { Problem } from '../contract/index.js'
import type { Toll } from './toll.js'

/** What is known of a refusal beside its code. */
export interface RefusalDetails {
  readonly message?: string | undefined
  readonly requestId?: string | undefined
  readonly fields?: readonly FieldFault[] | undefined
  readonly retryAfterMs?: number | undefined
  readonly methods?: readonly string[] | undefined
  readonly toll?: Toll | undefined
  readonly cause?: unknown
}

/** A refusal. A network that fails is `unavailable`; an answer that is none of ours is `unavailable` or `internal`. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  readonly code: ErrorCode
  /** What the operator finds the request by in the log. */
  readonly requestId: string | undefined
  /** With `input_invalid`: the broken rules. */
  readonly fields: readonly FieldFault[] | undefined
  /** With `rate_limited` and `unavailable`: milliseconds until a retry makes sense. */
  readonly retryAfterMs: number | undefined
  /** With `assurance_required`: the ways to sign in that are strong enough. */
  readonly methods: readonly string[] | undefined
  /** With `rate_limited`: what to solve with `solveToll` instead of waiting. */
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

  /** Whether `error` is a refusal and, when `code` is given, that very one. */
  static is(error: unknown, code?: ErrorCode): error is AuthError {
    if (typeof error !== 'object' || error === null) return false
    const { name, code: found } = error as { name?: unknown; code?: unknown }
    return name === 'AuthError' && typeof found === 'string' && (code === undefined || found === code)
  }
}

/** The refusal that an answer means; `body` is what it carried, if that was JSON. */
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

// For what a proxy answers in our place.
function codeOf(status: number): ErrorCode {
  if (status === 429) return 'rate_limited'
  return status >= 502 && status <= 504 ? 'unavailable' : 'internal'
}
