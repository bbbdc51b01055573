/** The body of a request: a JSON object of strings, 64 KiB at most. */

import type { Context } from 'hono'
import { AuthError } from '../base/index.js'

const mostBytes = 65_536

/** Reads the body. @throws AuthError `input_invalid` */
export async function readBody(c: Context): Promise<Readonly<Record<string, unknown>>> {
  const declared = Number(c.req.header('content-length') ?? 0)
  const malformed = new AuthError('input_invalid', {
    reason: 'body_malformed',
    fields: [{ field: 'body', rule: 'format' }],
  })
  if (declared > mostBytes || !/^application\/json\b/i.test(c.req.header('content-type') ?? ''))
    throw malformed
  const text = await readBounded(c.req.raw.body)
  if (text === null) throw malformed
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && !Array.isArray(body))
      return body as Record<string, unknown>
  } catch {
    // Told below.
  }
  throw malformed
}

async function readBounded(body: ReadableStream<Uint8Array> | null): Promise<string | null> {
  if (body === null) return null
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > mostBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
