/**
 * base64url without padding (RFC 4648 §5), strict: each value has exactly one text.
 *
 * Invariant: `decode(text)` is null for a foreign character, padding, an impossible length, or nonzero spare
 * bits, so that no token can be written in a second way.
 */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const valueOf = new Int8Array(128).fill(-1)
for (let index = 0; index < alphabet.length; index++) valueOf[alphabet.charCodeAt(index)] = index

/** Encodes bytes. */
export function encodeBase64url(bytes: Uint8Array): string {
  let text = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index
    const chunk = ((bytes[index] as number) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    text += alphabet.charAt(chunk >> 18) + alphabet.charAt((chunk >> 12) & 63)
    if (left > 1) text += alphabet.charAt((chunk >> 6) & 63)
    if (left > 2) text += alphabet.charAt(chunk & 63)
  }
  return text
}

/** Decodes a text, or returns null when it is not the canonical encoding of a value. */
export function decodeBase64url(text: string): Uint8Array | null {
  const spare = text.length % 4
  if (spare === 1) return null
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let written = 0
  let buffer = 0
  let bits = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const value = code < 128 ? (valueOf[code] as number) : -1
    if (value < 0) return null
    buffer = ((buffer << 6) | value) & 0xffffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[written++] = (buffer >> bits) & 0xff
    }
  }
  return (buffer & ((1 << bits) - 1)) === 0 ? bytes : null
}
