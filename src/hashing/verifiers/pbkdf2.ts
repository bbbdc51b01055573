/** PBKDF2 (RFC 8018) as Django, passlib and ASP.NET Core Identity (versions 2 and 3) write it. */

import { pbkdf2, timingSafeEqual } from 'node:crypto'
import type { BinaryLike } from 'node:crypto'
import { decodePadded, decodeUnpadded } from '../base64.js'
import type { Verifier } from '../verifier.js'

const maxIterations = 5_000_000
const digestLengths: Readonly<Record<string, number>> = { sha1: 20, sha256: 32, sha512: 64 }

interface Stored {
  readonly digest: string
  readonly iterations: number
  readonly salt: BinaryLike
  readonly key: Buffer
}

function isBearable(stored: Stored | null): boolean {
  if (stored === null) return false
  // A block as long as the digest is computed separately from the others.
  const blocks = Math.ceil(stored.key.length / (digestLengths[stored.digest] ?? 1))
  return stored.iterations >= 1 && stored.iterations * blocks <= maxIterations
}

function compare({ digest, iterations, salt, key }: Stored, password: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    pbkdf2(password, salt, iterations, key.length, digest, (error, derived) => {
      if (error === null) resolve(timingSafeEqual(derived, key))
      else reject(error)
    })
  })
}

function verifier(name: string, read: (hash: string) => Stored | null): Verifier {
  return {
    name,
    understands: (hash) => isBearable(read(hash)),
    async verify(hash, password) {
      const stored = read(hash)
      return stored !== null && compare(stored, password)
    },
  }
}

type Read = Omit<Stored, 'key' | 'salt'> & { readonly salt: BinaryLike | null; readonly key: Buffer | null }

// Both write keys as long as the digest. A prefix of a key is a valid shorter key, so a shorter one was
// truncated.
function wholeDigest({ digest, iterations, salt, key }: Read): Stored | null {
  if (salt === null || key === null || key.length !== digestLengths[digest]) return null
  return { digest, iterations, salt, key }
}

const django = /^pbkdf2_(sha1|sha256|sha512)\$(\d{1,7})\$([^$]{1,128})\$([A-Za-z0-9+/]{22,172}={0,2})$/

/** `pbkdf2_sha256$<iterations>$<salt as text>$<base64>`. */
export const djangoVerifier = verifier('Django PBKDF2', (hash) => {
  const match = django.exec(hash)
  if (match === null) return null
  const [, digest, iterations, salt, key] = match as unknown as [string, string, string, string, string]
  return wholeDigest({ digest, iterations: Number(iterations), salt, key: decodePadded(key) })
})

const passlib =
  /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?(\d{1,7})\$([A-Za-z0-9+/.]{1,172})\$([A-Za-z0-9+/.]{22,172})$/

/** `$pbkdf2-sha256$<iterations>$<salt>$<key>`, base64 without padding and with `.` for `+`. */
export const passlibVerifier = verifier('PBKDF2', (hash) => {
  const match = passlib.exec(hash)
  if (match === null) return null
  const [, digest = 'sha1', iterations, salt, key] = match as unknown as [
    string,
    string | undefined,
    string,
    string,
    string,
  ]
  const decode = (text: string): Buffer | null => decodeUnpadded(text.replaceAll('.', '+'))
  return wholeDigest({ digest, iterations: Number(iterations), salt: decode(salt), key: decode(key) })
})

const base64 = /^[A-Za-z0-9+/]{60,344}={0,2}$/
const digests = ['sha1', 'sha256', 'sha512']
const version3KeyLength = 32

function readVersion3(bytes: Buffer): Stored | null {
  if (bytes.length < 13) return null
  const digest = digests[bytes.readUInt32BE(1)]
  const saltLength = bytes.readUInt32BE(9)
  if (digest === undefined || saltLength < 8 || saltLength > 128) return null
  if (bytes.length !== 13 + saltLength + version3KeyLength) return null
  const iterations = bytes.readUInt32BE(5)
  return {
    digest,
    iterations,
    salt: bytes.subarray(13, 13 + saltLength),
    key: bytes.subarray(13 + saltLength),
  }
}

/** Base64 of a marker byte (0 or 1), then salt and key, in version 3 with the parameters before them. */
export const aspNetVerifier = verifier('ASP.NET Core Identity', (hash) => {
  const bytes = base64.test(hash) ? decodePadded(hash) : null
  if (bytes === null) return null
  if (bytes[0] === 1) return readVersion3(bytes)
  if (bytes[0] !== 0 || bytes.length !== 49) return null
  return { digest: 'sha1', iterations: 1000, salt: bytes.subarray(1, 17), key: bytes.subarray(17) }
})
