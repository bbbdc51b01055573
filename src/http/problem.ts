/** Refusals on the wire: RFC 9457 problem documents. The only place that knows status numbers. */

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

/** The problem document of whatever was thrown. What is not a refusal tells nothing but that it failed. */
export function toProblem(error: unknown, requestId: string): Response {
  const refusal = AuthError.is(error) ? error : new AuthError('internal')
  const { code, message, fields, retryAfterMs } = refusal
  const status = statuses[code]
  const body = {
    type: `urn:latchkey:${code}`,
    title: message,
    status,
    code,
    requestId,
    ...(fields && { fields }),
  }
  const headers = new Headers({ 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' })
  if (retryAfterMs !== undefined) headers.set('Retry-After', String(Math.ceil(retryAfterMs / 1000)))
  return new Response(JSON.stringify(body), { status, headers })
}
