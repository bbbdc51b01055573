/**
 * The keys, derived from the configured `secret` list (HKDF-SHA-256, RFC 5869). The first signs and seals, all verify
 * and open, so that a secret is rotated by putting a new one in front.
 *
 * Invariants: (1) a key serves one use; (2) a version names its secret, whatever its place in the list.
 */

import { hkdfSync } from 'node:crypto'

/** The keys of one configured secret. */
export interface Key {
  /** 31 bits that name the secret and tell nothing of it. */
  readonly version: number
  /** HMAC-SHA-256 over codes. */
  readonly mac: Uint8Array
  /** AES-256-GCM over queued messages. */
  readonly seal: Uint8Array
}

/** The keys of all configured secrets. */
export interface Keyring {
  readonly current: Key
  byVersion(version: number): Key | undefined
}

function derive(secret: string, use: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'latchkey', use, length))
}

/** Derives the keys of each secret, once. */
export function createKeyring(secrets: readonly [string, ...string[]]): Keyring {
  const keys = secrets.map((secret): Key => ({
    version: derive(secret, 'version', 4).readUInt32BE() >>> 1,
    mac: derive(secret, 'code mac', 32),
    seal: derive(secret, 'message seal', 32),
  }))
  const versions = new Map(keys.map((key) => [key.version, key]))
  return { current: keys[0] as Key, byVersion: (version) => versions.get(version) }
}
