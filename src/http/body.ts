/**
 * The body of a request: a JSON object, or a form with text fields; at most 64 KiB.
 *
 * Invariants: (1) nothing is read beyond the limit; (2) a field that is given twice is not a string; (3)
 * every other content type is refused, since browsers send those across sites without a preflight.
 */

import { AuthError } from '../base/index.js'

const maxBytes = 65_536

/** The fields and the format of a body. */
export interface Body {
  readonly fields: Readonly<Record<string, unknown>>
  readonly isForm: boolean
}

function malformed(): AuthError {
  return new AuthError('input_invalid', {
    reason: 'body_malformed',
    fields: [{ field: 'body', rule: 'format' }],
  })
}

/** `json`, `form`, or null for any other content type. */
export function contentTypeOf(headers: Headers): 'json' | 'form' | null {
  const type = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/json') return 'json'
  return type === 'application/x-www-form-urlencoded' ? 'form' : null
}

/** Reads the body. A request without one has no fields. @throws AuthError `input_invalid` */
export async function readBody(request: Request): Promise<Body> {
  if (request.body === null) return { fields: {}, isForm: contentTypeOf(request.headers) === 'form' }
  const type = contentTypeOf(request.headers)
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw malformed()
  const text = await readBounded(request.body)
  if (text === '') return { fields: {}, isForm: type === 'form' }
  if (text === null || type === null) throw malformed()
  return type === 'json'
    ? { fields: readJson(text), isForm: false }
    : { fields: readForm(text), isForm: true }
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // Reported below.
  }
  throw malformed()
}

function readForm(text: string): Readonly<Record<string, unknown>> {
  const fields = new Map<string, unknown>()
  for (const [name, value] of new URLSearchParams(text)) {
    fields.set(name, fields.has(name) ? [fields.get(name), value] : value)
  }
  return Object.fromEntries(fields)
}

async function readBounded(body: ReadableStream<Uint8Array>): Promise<string | null> {
  const decoder = new TextDecoder()
  const reader = body.getReader()
  let text = ''
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    length += value.length
    if (length > maxBytes) {
      await reader.cancel()
      return null
    }
    text += decoder.decode(value, { stream: true })
  }
}
