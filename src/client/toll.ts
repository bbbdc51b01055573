/**
 * Solves the toll that the server requires from strangers when there are too many requests: proof of work by
 * PBKDF2, as in ALTCHA's own widget, using only the platform's cryptography.
 */

import type { Problem } from '../contract/index.js'

/** The challenge to solve, as `AuthError.toll` carries it. */
export type Toll = NonNullable<Problem['toll']>

const together = 8

const toBytes = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16))

/**
 * Solves a toll; the result is the value of the header `Latchkey-Toll`. It can take a minute. `onTry` is
 * called with the number of attempts so far.
 * @example
 * ```ts
 * const client = createClient({ baseUrl: '', toll: solveToll })
 * ```
 */
export async function solveToll({ challenge }: Toll, onTry?: (tries: number) => void): Promise<string> {
  const { nonce, salt: saltHex, cost: iterations, keyLength, keyPrefix } = challenge.parameters
  const [start, salt] = [toBytes(nonce), toBytes(saltHex)]

  async function derive(counter: number): Promise<string> {
    const password = new Uint8Array(start.length + 4)
    password.set(start)
    new DataView(password.buffer).setUint32(start.length, counter)
    const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits'])
    const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations }
    const bits = await crypto.subtle.deriveBits(how, key, keyLength * 8)
    return Array.from(new Uint8Array(bits), (byte) => byte.toString(16).padStart(2, '0')).join('')
  }

  for (let first = 0; ; first += together) {
    onTry?.(first)
    const keys = await Promise.all(Array.from({ length: together }, (_, index) => derive(first + index)))
    const found = keys.findIndex((key) => key.startsWith(keyPrefix))
    if (found === -1) continue
    const solution = { counter: first + found, derivedKey: keys[found], time: 0 }
    return btoa(JSON.stringify({ challenge, solution }))
  }
}
