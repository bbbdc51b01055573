/**
 * Base64 (RFC 4648 §4) as stored hashes write it, strict: null for anything but the one spelling of some bytes, so that
 * a hash that was cut or changed is told from a whole one.
 */

/** The bytes of a text without padding. */
export function decodeUnpadded(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return encodeUnpadded(bytes) === text ? bytes : null
}

/** The bytes of a text that is padded to a multiple of four. */
export function decodePadded(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}

/** The text of bytes, without padding. */
export function encodeUnpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '')
}
