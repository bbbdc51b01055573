/**
 * Short codes: digits from the platform's CSPRNG without modulo bias, stored as a keyed hash (ASVS 5 6.5,
 * NIST SP 800-63B-4 §3.1.3).
 *
 * Invariant: the MAC is bound to the verification and its purpose, so the same code for two people has two
 * MACs.
 */

import { createHmac, randomInt } from 'node:crypto'
import type { VerificationType } from '../core/index.js'
import type { Key } from './keyring.js'

/** A code with this many digits; every one is equally likely. `randomInt` rejects instead of folding. */
export function newCode(length: number): string {
  return randomInt(10 ** length)
    .toString()
    .padStart(length, '0')
}

/**
 * Two digits from 10 to 99 for one verification in one browser. 48 bits leave a bias of less than one in a billion.
 */
export function matchNumber(key: Key, id: string, flowHash: Uint8Array): string {
  const digest = createHmac('sha256', key.match).update(`${id}|`).update(flowHash).digest()
  return String(10 + (digest.readUIntBE(0, 6) % 90))
}

/** HMAC-SHA-256 of the code for one verification and one purpose. */
export function codeMac(key: Key, code: string, bound: { id: string; type: VerificationType }): Uint8Array {
  return createHmac('sha256', key.mac).update(`${bound.id}|${bound.type}|${code}`).digest()
}
