/**
 * scrypt (RFC 7914): in PHC form, as better-auth and Lucia write it (`salt:key`), and as Firebase does.
 *
 * better-auth and Lucia 3 use the same form: hex salt used as text, N = 16384, r = 16, p = 1. Lucia 1 wrote
 * the same with r = 8, so a two-part hash is tried with both. Lucia 2 marks r = 16 by `s2:`.
 */

import { createCipheriv, scrypt, timingSafeEqual } from 'node:crypto'
import type { BinaryLike, ScryptOptions } from 'node:crypto'
import { decodePadded, decodeUnpadded } from '../base64.js'
import type { Verifier } from '../verifier.js'

const maxMemory = 256 * 1024 * 1024
const maxLanes = 16
// Over all lanes, which one thread fills one after the other.
const maxWork = 1024 * 1024 * 1024
// The lengths that systems write. A hash of any other length was truncated: a prefix of a key is a valid
// shorter key.
const keyLengths = [32, 64]

interface Costs {
  readonly n: number
  readonly r: number
  readonly p: number
}

interface Input {
  readonly password: BinaryLike
  readonly salt: BinaryLike
  readonly length: number
}

function derive({ password, salt, length }: Input, { n, r, p }: Costs): Promise<Buffer> {
  const options: ScryptOptions = { N: n, r, p, maxmem: 128 * n * r + 128 * r * p + 1024 * 1024 }
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, options, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}

function isBearable({ n, r, p }: Costs): boolean {
  const memory = 128 * n * r
  // RFC 7914 §2: N is less than 2^(16 r).
  const isValid = n >= 2 && n < 2 ** (16 * r) && r >= 1 && p >= 1
  return isValid && p <= maxLanes && memory <= maxMemory && memory * p <= maxWork
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

const phc =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{8,172})\$([A-Za-z0-9+/]{22,172})$/

function readPhc(hash: string): (Costs & { salt: Buffer; key: Buffer }) | null {
  const match = phc.exec(hash)
  if (match === null) return null
  const [ln, r, p] = match.slice(1, 4).map(Number) as [number, number, number]
  const [salt = null, key = null] = match.slice(4).map(decodeUnpadded)
  if (salt === null || key === null || !keyLengths.includes(key.length)) return null
  return { n: 2 ** ln, r, p, salt, key }
}

export const scryptVerifier: Verifier = {
  name: 'scrypt',
  understands(hash) {
    const read = readPhc(hash)
    return read !== null && isBearable(read)
  },
  async verify(hash, password) {
    const read = readPhc(hash)
    if (read === null) return false
    const { salt, key } = read
    return equal(await derive({ password, salt, length: key.length }, read), key)
  },
}

const colons = /^(?:s2:)?([0-9a-zA-Z]{16,64}):([0-9a-f]{128})$/
const lucia3: Costs = { n: 16_384, r: 16, p: 1 }
const lucia1: Costs = { n: 16_384, r: 8, p: 1 }

export const colonScryptVerifier: Verifier = {
  name: 'scrypt salt:key',
  understands: (hash) => colons.test(hash),
  async verify(hash, password) {
    const [, salt, hex] = colons.exec(hash) as unknown as [string, string, string]
    const key = Buffer.from(hex, 'hex')
    const input = { password: password.normalize('NFKC'), salt, length: key.length }
    if (equal(await derive(input, lucia3), key)) return true
    return !hash.startsWith('s2:') && equal(await derive(input, lucia1), key)
  },
}

const base64 = '([A-Za-z0-9+/]{1,172}={0,2})'
const firebase = new RegExp(
  `^\\$firescrypt\\$ln=(\\d{1,2}),r=(\\d{1,2}),p=(\\d{1,2})\\$${base64}\\$${base64}\\$${base64}\\$${base64}$`,
)

const leastSignerLength = 32

function readFirebase(hash: string) {
  const match = firebase.exec(hash)
  if (match === null) return null
  const [ln, r, p] = match.slice(1, 4).map(Number) as [number, number, number]
  const [salt = null, key = null, separator = null, signer = null] = match.slice(4).map(decodePadded)
  if (salt === null || key === null || separator === null || signer === null) return null
  // The hash is the encrypted signer key, byte for byte.
  if (key.length !== signer.length || key.length < leastSignerLength) return null
  return { costs: { n: 2 ** ln, r, p }, salt: Buffer.concat([salt, separator]), key, signer }
}

/**
 * Firebase derives a key from the password and encrypts the project's signer key with it (AES-256-CTR from zero):
 * `$firescrypt$ln=14,r=8,p=1$<salt>$<hash>$<salt separator>$<signer key>`, each in base64.
 */
export const firebaseVerifier: Verifier = {
  name: 'Firebase scrypt',
  understands(hash) {
    const read = readFirebase(hash)
    return read !== null && isBearable(read.costs)
  },
  async verify(hash, password) {
    const read = readFirebase(hash)
    if (read === null) return false
    const derived = await derive({ password, salt: read.salt, length: 32 }, read.costs)
    const cipher = createCipheriv('aes-256-ctr', derived, Buffer.alloc(16))
    return equal(Buffer.concat([cipher.update(read.signer), cipher.final()]), read.key)
  },
}
