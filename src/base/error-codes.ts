/** The public codes of errors, and the rules of fields. */

/** All public error codes. A code is stable: it is never renamed and never changes its meaning. */
export const errorCodes = [
  'input_invalid',
  'invalid_credentials',
  'invalid_token',
  'already_claimed',
  'confirmation_required',
  'session_required',
  'assurance_required',
  'forbidden_origin',
  'strategy_disabled',
  'not_found',
  'rate_limited',
  'unavailable',
  'internal',
] as const

/** A public error code. */
export type ErrorCode = (typeof errorCodes)[number]

/** The rules that an input can break. */
export type FieldRule =
  'required' | 'format' | 'min' | 'max' | 'taken' | 'mismatch' | 'breached' | 'context' | 'current'
