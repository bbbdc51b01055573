/**
 * A form that was refused, as its page shows it again.
 *
 * Invariant: what is shown again is an address or a name. A password, a code or a token never is, whatever its field
 * is called.
 */

import type { AuthError } from '../base/index.js'
import type { FormState } from './props.js'

/** A refusal, and the form that it is told in. */
export interface RefusedForm {
  readonly error: AuthError
  readonly form: FormState
}

// No address and no name is longer: what is, is not worth showing.
const longestValue = 320

/** What was posted in these fields. */
export function readValues(
  input: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const values = names.flatMap((name) => {
    const value = Object.hasOwn(input, name) ? input[name] : undefined
    return typeof value === 'string' && value.length <= longestValue ? [[name, value] as const] : []
  })
  return Object.fromEntries(values)
}

/** The refusal of a form in which these fields are no secret. */
export function toRefusedForm(
  error: AuthError,
  input: Readonly<Record<string, unknown>>,
  names: readonly string[],
): RefusedForm {
  const { code, retryAfterMs, fields, toll } = error
  const form = {
    values: readValues(input, names),
    refused: { code, retryAfterMs, toll: toll !== undefined },
    ...(fields !== undefined && { faults: fields }),
  }
  return { error, form }
}
