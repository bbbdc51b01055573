/** Copies of values that callers could change. */

import type { Json } from '../core/index.js'

/** A copy of a date. */
export const copyDate = (date: Date): Date => new Date(date.getTime())

/** A copy of a JSON value, at every depth. */
export function copyJson<T extends Json>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyJson) as unknown as T
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyJson(inner)])) as T
}
