/**
 * The keys, derived from the configured `secret` list (HKDF-SHA-256, RFC 5869). The first signs and seals,
 * all verify and open, so a secret is rotated by putting a new one in front.
 *
 * Invariants: (1) a key has one use; (2) a version identifies its secret, wherever it is in the list.
 */

import { hkdfSync } from 'node:crypto'

/** The keys of one configured secret. */
export interface Key {
  /** 31 bits that identify the secret and reveal nothing about it. */
  readonly version: number
  /** HMAC-SHA-256. */
  readonly mac: Uint8Array
  /** HMAC-SHA-256 over the numbers of waiting browsers. */
  readonly match: Uint8Array
  /** AES-256-GCM. */
  readonly seal: Uint8Array
}

/** The uses of a keyring: codes and queued messages, or values that browsers store. */
export interface KeyUses {
  readonly mac: string
  readonly seal: string
}

const storedSecrets: KeyUses = { mac: 'code mac', seal: 'message seal' }

/** The keys of all configured secrets. */
export interface Keyring {
  readonly current: Key
  /** The current one first. */
  readonly all: readonly Key[]
  byVersion(version: number): Key | undefined
}

/** A key for one use, derived from one secret. */
export function deriveKey(secret: string, use: string, length = 32): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'latchkey', use, length))
}

/** Derives the keys of each secret for these uses, once. */
export function createKeyring(
  secrets: readonly [string, ...string[]],
  uses: KeyUses = storedSecrets,
): Keyring {
  const keys = secrets.map((secret): Key => ({
    version: deriveKey(secret, 'version', 4).readUInt32BE() >>> 1,
    mac: deriveKey(secret, uses.mac, 32),
    match: deriveKey(secret, 'match number', 32),
    seal: deriveKey(secret, uses.seal, 32),
  }))
  const versions = new Map(keys.map((key) => [key.version, key]))
  return { current: keys[0] as Key, all: keys, byVersion: (version) => versions.get(version) }
}
