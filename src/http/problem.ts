/** Errors as RFC 9457 problem documents. Only this file knows status numbers. */

import { AuthError } from '../base/index.js'
import type { ErrorCode } from '../base/index.js'

/** The status of each code. */
export const statuses = {
  input_invalid: 422,
  invalid_credentials: 401,
  invalid_token: 400,
  already_claimed: 409,
  confirmation_required: 409,
  session_required: 401,
  assurance_required: 403,
  forbidden_origin: 403,
  strategy_disabled: 404,
  not_found: 404,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>

/**
 * Converts any thrown value to an `AuthError`. An unexpected error becomes `internal` and reveals no details.
 */
export function toRefusal(error: unknown): AuthError {
  return AuthError.is(error) ? error : new AuthError('internal', { reason: 'unexpected', cause: error })
}

/** The same error without its private reason and cause, for code that must not see them. */
export function withoutReason({ code, fields, retryAfterMs, methods, toll }: AuthError): AuthError {
  return new AuthError(code, {
    ...(fields !== undefined && { fields }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(methods !== undefined && { methods }),
    ...(toll !== undefined && { toll }),
  })
}

/** Whole seconds until the next attempt, for `Retry-After`. */
export function retryAfterSeconds({ retryAfterMs }: AuthError): number | null {
  return retryAfterMs === undefined ? null : Math.max(1, Math.ceil(retryAfterMs / 1000))
}

/** The problem document of an error. */
export function toProblem(refusal: AuthError, requestId: string): Response {
  const { code, message, fields, methods, toll } = refusal
  const status = statuses[code]
  // Whole seconds in both places, so that the body reveals no more than the header.
  const seconds = retryAfterSeconds(refusal)
  const body = {
    type: `urn:latchkey:${code}`,
    title: message,
    status,
    code,
    requestId,
    ...(fields && { fields }),
    ...(seconds !== null && { retryAfterMs: seconds * 1000 }),
    ...(methods && { methods }),
    ...(toll && { toll: { challenge: toll.challenge, expiresAt: toll.expiresAt } }),
  }
  const headers = new Headers({ 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' })
  if (seconds !== null) headers.set('Retry-After', String(seconds))
  return new Response(JSON.stringify(body), { status, headers })
}
