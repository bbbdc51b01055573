/**
 * Sealing: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce, bound to the id of its row. Layout:
 * format (1 byte), key version (4), nonce (12), ciphertext, tag (16).
 */

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { concatBytes, utf8 } from '../base/index.js'
import type { Key, Keyring } from './keyring.js'

const format = 1
const headLength = 1 + 4 + 12
const tagLength = 16

/** The prefix of everything sealed with this key, in hexadecimal: the format and the version of the key. */
export function sealHead({ version }: Key): string {
  return Buffer.of(format).toString('hex') + version.toString(16).padStart(8, '0')
}

/** The sealed bytes of a text, which only opens for the same `rowId`. */
export function sealText(keyring: Keyring, rowId: string, text: string): Uint8Array {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyring.current.seal, nonce).setAAD(utf8(rowId))
  const version = Buffer.alloc(4)
  version.writeUInt32BE(keyring.current.version)
  const body = concatBytes(cipher.update(text, 'utf8'), cipher.final())
  return concatBytes(Uint8Array.of(format), version, nonce, body, cipher.getAuthTag())
}

/** The text, or null when no configured key opens it, it was changed, or it belongs to another row. */
export function openText(keyring: Keyring, rowId: string, sealed: Uint8Array): string | null {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  if (bytes.length < headLength + tagLength || bytes[0] !== format) return null
  const key = keyring.byVersion(bytes.readUInt32BE(1))
  if (key === undefined) return null
  const decipher = createDecipheriv('aes-256-gcm', key.seal, bytes.subarray(5, headLength))
    .setAAD(utf8(rowId))
    .setAuthTag(bytes.subarray(-tagLength))
  try {
    return decipher.update(bytes.subarray(headLength, -tagLength), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return null
  }
}
