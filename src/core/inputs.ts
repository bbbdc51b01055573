/** Validates values from outside: strings, references, JSON objects. Keeps no state. */

import { AuthError, invalidField, isId, reasonOfFields } from '../base/index.js'
import type { FieldFault } from '../base/index.js'

/** The value as a string. @throws AuthError `input_invalid` with the rule `required` or `format` */
export function requireString(field: string, value: unknown): string {
  if (value === undefined || value === null || value === '') throw invalidField(field, 'required')
  if (typeof value !== 'string') throw invalidField(field, 'format')
  return value
}

/**
 * The value as a string that may be empty. For lookups, where a malformed value simply isn't found.
 * @throws AuthError `input_invalid` with the rule `required` or `format`
 */
export function requireText(field: string, value: unknown): string {
  return value === '' ? '' : requireString(field, value)
}

/** The value as a plain object. @throws AuthError `input_invalid` */
export function requireObject(field: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidField(field, 'format')
  return value as Record<string, unknown>
}

/**
 * The id of a reference. A malformed id is `not_found`, without a query.
 * @throws AuthError `input_invalid`, `not_found`
 */
export function requireId(field: string, reference: unknown): string {
  const id = requireString(field, (reference as { id?: unknown } | null | undefined)?.id)
  if (!isId(id)) throw new AuthError('not_found', { reason: `${field}_malformed` })
  return id
}

/** The `flow` option, or null when it is not set. @throws AuthError `input_invalid` */
export function readFlow(options: unknown): string | null {
  if (options === undefined) return null
  const { flow } = requireObject('options', options)
  return flow === undefined ? null : requireString('flow', flow)
}

/** The `knownBrowser` option, or null when it is not set. @throws AuthError `input_invalid` */
export function readKnownBrowser(options: unknown): string | null {
  if (options === undefined) return null
  const { knownBrowser } = requireObject('options', options)
  return knownBrowser === undefined ? null : requireString('knownBrowser', knownBrowser)
}

/** Runs each check and throws all field faults as one refusal. */
export function collectFaults(...faults: readonly (FieldFault | null)[]): void {
  const found = faults.filter((fault) => fault !== null)
  if (found.length > 0) {
    throw new AuthError('input_invalid', { reason: reasonOfFields(found), fields: found })
  }
}

/** The refusal for a reference whose row no longer exists. */
export function gone(what: 'user' | 'identity'): AuthError {
  return new AuthError('not_found', { reason: `${what}_gone` })
}

/** The time of a proof, or null when it is not set. @throws AuthError `input_invalid` */
export function readAuthenticatedAt(date: unknown): Date | null {
  if (date === undefined) return null
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) throw invalidField('authenticatedAt', 'format')
  return date
}
