/**
 * phpass, the portable hashes of WordPress, phpBB and Drupal 6 (`$P$`, `$H$`): iterated MD5 in its own
 * alphabet.
 */

import { createHash, timingSafeEqual } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Verifier } from '../verifier.js'

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const form = /^\$[PH]\$([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{22})$/
const leastCost = 7
const maxCost = 20
// Hashing this many bytes takes about a millisecond; then other work gets a turn. A round costs about as much
// as reading `roundBytes` more.
const bytesPerTurn = 512 * 1024
const roundBytes = 512

// Three bytes become four characters, the least significant bits first.
function encode(bytes: Buffer): string {
  let text = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index
    const value = (bytes[index] as number) | ((bytes[index + 1] ?? 0) << 8) | ((bytes[index + 2] ?? 0) << 16)
    for (let part = 0; part < Math.min(left, 3) + 1; part++)
      text += alphabet.charAt((value >> (6 * part)) & 63)
  }
  return text
}

export const phpassVerifier: Verifier = {
  name: 'phpass',
  understands(hash) {
    const cost = alphabet.indexOf(form.exec(hash)?.[1] ?? ' ')
    return cost >= leastCost && cost <= maxCost
  },
  async verify(hash, password) {
    const [, cost, salt, expected] = form.exec(hash) as unknown as [string, string, string, string]
    const bytes = Buffer.from(password)
    const md5 = (start: Buffer | string): Buffer => createHash('md5').update(start).update(bytes).digest()
    const roundsPerTurn = Math.max(1, Math.floor(bytesPerTurn / (roundBytes + bytes.length)))
    let digest = md5(salt)
    for (let round = 0; round < 2 ** alphabet.indexOf(cost); round++) {
      digest = md5(digest)
      if (round % roundsPerTurn === roundsPerTurn - 1) await nextTurn()
    }
    return timingSafeEqual(Buffer.from(encode(digest)), Buffer.from(expected))
  },
}
