/**
 * A form with an error, as its page shows it again.
 *
 * Invariant: only an address or a name is shown again. A password, a code or a token never is, whatever its
 * field is called.
 */

import type { AuthError } from '../base/index.js'
import type { FormState } from './props.js'

/** An error and the form that shows it. */
export interface RefusedForm {
  readonly error: AuthError
  readonly form: FormState
}

// No address or name is longer; a longer value is not shown.
const longestValue = 320

/** The posted values of these fields. */
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

/** The error of a form; these fields are not secret. */
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
