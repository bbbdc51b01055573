/**
 * Base64 (RFC 4648 §4) as used in stored hashes, strict: null for anything but the canonical encoding, so
 * that a truncated or changed hash is detected.
 */

/** Decodes a text without padding. */
export function decodeUnpadded(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return encodeUnpadded(bytes) === text ? bytes : null
}

/** Decodes a text that is padded to a multiple of four. */
export function decodePadded(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}

/** Encodes bytes, without padding. */
export function encodeUnpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '')
}
