/**
 * Metadata: JSON objects of the host, changed key by key (the first level of RFC 7396).
 *
 * Invariants: (1) only values that JSON can express and Postgres can store are accepted; (2) nothing is
 * copied into an object with a prototype, and the key `__proto__` is refused; (3) depth and size are limited
 * before any recursion.
 */

import { hasLoneSurrogate, invalidField, utf8 } from '../base/index.js'
import type { JsonPatch } from './ports/index.js'
import type { Json, JsonObject } from './types.js'

/** The maximum size of a user's metadata, in bytes of JSON. */
export const metadataLimit = 16_384
const deepest = 32

function isText(text: string): boolean {
  return !text.includes('\u0000') && !hasLoneSurrogate(text)
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

// `left` limits how many nodes are visited, so neither a wide value nor a cycle costs more than the largest
// value that may be stored.
function isJson(value: unknown, depth: number, left: { nodes: number }): value is Json {
  if (--left.nodes < 0) return false
  switch (typeof value) {
    case 'string':
      return isText(value)
    case 'number':
      return Number.isFinite(value)
    case 'boolean':
      return true
    case 'object':
      if (value === null) return true
      if (depth >= deepest) return false
      if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1, left))
      return (
        isPlainObject(value) &&
        Object.entries(value).every(([key, item]) => isKey(key) && isJson(item, depth + 1, left))
      )
    default:
      return false
  }
}

function isKey(key: string): boolean {
  return key !== '__proto__' && isText(key)
}

/**
 * Reads `value` as a change: `null` empties the object, a key set to `null` is removed, other keys are set.
 * @throws AuthError `input_invalid` with `format`, or `max` in bytes
 */
export function readJsonPatch(field: string, value: unknown): JsonPatch {
  if (value === null) return { clear: true, set: {}, remove: [] }
  if (typeof value !== 'object' || Array.isArray(value) || !isJson(value, 0, { nodes: metadataLimit }))
    throw invalidField(field, 'format')
  const set = Object.create(null) as Record<string, Json>
  const remove: string[] = []
  for (const [key, item] of Object.entries(value as JsonObject)) {
    if (item === null) remove.push(key)
    else set[key] = item
  }
  if (utf8(JSON.stringify(value)).length > metadataLimit) throw invalidField(field, 'max', metadataLimit)
  return { clear: false, set, remove }
}
