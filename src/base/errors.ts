/**
 * Errors come in three separate kinds:
 *
 * 1. A refusal is an `AuthError` with a public, coarse `code` and an internal, specific `reason`.
 * 2. A mistake by the developer is a `TypeError`, or a `ConfigError` that lists all mistakes at once.
 * 3. A fault is thrown by a driver or the network; the HTTP layer reports it as `unavailable` or
 *    `internal`.
 *
 * Status codes and texts for people are not here: they belong to the layer that shows them.
 */

import type { ErrorCode, FieldRule } from './error-codes.js'
import { errorCodes } from './error-codes.js'
import type { FieldReason, Reason, RecordedCode, RefusalReason } from './reasons.js'

/** One broken rule: the field, the rule and, for `min` and `max`, the limit. */
export interface FieldFault {
  readonly field: string
  readonly rule: FieldRule
  readonly limit?: number
}

/** A challenge in the format of ALTCHA's library (https://altcha.org, version 2): proof of work by PBKDF2. */
export interface TollChallenge {
  readonly parameters: {
    readonly algorithm: string
    readonly nonce: string
    readonly salt: string
    readonly cost: number
    readonly keyLength: number
    readonly keyPrefix: string
    readonly keySignature?: string
    readonly data?: Readonly<Record<string, string | number | boolean | null>>
  }
  readonly signature?: string
}

/** A challenge to solve instead of waiting. */
export interface Toll {
  readonly challenge: TollChallenge
  /** An ISO 8601 date. */
  readonly expiresAt: string
  /** For pages without scripts: a sealed value, valid after a minute, and never part of a JSON response. */
  readonly wait?: string
}

/** The optional properties of an `AuthError` with this code. */
export interface AuthErrorDetails<Code extends ErrorCode = ErrorCode> {
  /** Internal and specific; for logs and the audit log, never sent to a client. */
  readonly reason?: Code extends RecordedCode ? RefusalReason : Reason
  readonly fields?: readonly FieldFault[]
  readonly retryAfterMs?: number
  /** With `assurance_required`: the sign-in methods that are strong enough. */
  readonly methods?: readonly string[]
  /** With `rate_limited`: the challenge to solve and send with the same request. */
  readonly toll?: Toll
  readonly cause?: unknown
}

const sentences: Record<ErrorCode, string> = {
  input_invalid: 'The input is invalid.',
  invalid_credentials: 'The credentials are invalid.',
  invalid_token: 'The link or code is wrong, expired or already used.',
  already_claimed: 'Another account has already verified this address.',
  confirmation_required: 'This link was requested in another browser.',
  session_required: 'Nobody is signed in.',
  assurance_required: 'A more recent or stronger sign-in is required.',
  forbidden_origin: 'The request does not come from an allowed origin.',
  strategy_disabled: 'This sign-in method is not enabled.',
  not_found: 'Not found.',
  rate_limited: 'Too many requests. Try again later.',
  unavailable: 'The service is temporarily unavailable. Try again later.',
  internal: 'Internal error.',
}

/**
 * A refusal. Recognize one by `AuthError.is(error)`, which also works when two copies of the package are
 * loaded. The message never contains a secret, an address or a parameter.
 */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  readonly code: ErrorCode
  /** Internal and specific; for logs and the audit log, never sent to a client. */
  readonly reason: Reason
  readonly fields?: readonly FieldFault[]
  readonly retryAfterMs?: number
  readonly methods?: readonly string[]
  readonly toll?: Toll

  constructor(code: RecordedCode, details?: AuthErrorDetails<RecordedCode>)
  constructor(code: Exclude<ErrorCode, RecordedCode>, details?: AuthErrorDetails)
  constructor(code: ErrorCode, details?: Omit<AuthErrorDetails, 'reason'>)
  constructor(code: ErrorCode, details: AuthErrorDetails = {}) {
    super(sentences[code], details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.reason = details.reason ?? code
    if (details.fields !== undefined) this.fields = details.fields
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs
    if (details.methods !== undefined) this.methods = details.methods
    if (details.toll !== undefined) this.toll = details.toll
  }

  /** Whether `error` is a refusal of this library and, if `code` is given, has that code. */
  static is(error: unknown, code?: ErrorCode): error is AuthError {
    if (typeof error !== 'object' || error === null) return false
    const { name, code: found } = error as { name?: unknown; code?: unknown }
    if (name !== 'AuthError' || !errorCodes.includes(found as ErrorCode)) return false
    return code === undefined || found === code
  }
}

/** The options of `createAuth` (or of a sender) are wrong. `faults` lists every mistake and how to fix it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.length === 1 ? faults[0] : faults.map((fault) => `\n- ${fault}`).join(''))
    this.faults = faults
  }
}

/** The reason of an input that breaks these rules. */
export function reasonOfFields(faults: readonly Pick<FieldFault, 'field' | 'rule'>[]): FieldReason {
  return faults.map(({ field, rule }) => `${field}_${rule}`).join(' ') as FieldReason
}

/** Creates an `input_invalid` refusal for one field. */
export function invalidField(field: string, rule: FieldRule, limit?: number): AuthError {
  return new AuthError('input_invalid', {
    reason: `${field}_${rule}`,
    fields: [limit === undefined ? { field, rule } : { field, rule, limit }],
  })
}
