/**
 * A prebuilt Bloom filter: it recognizes every entry, and mistakes less than one other text in a million for
 * one (it is built for one in two million). Layout: `LKB2`, bits, hashes, entries (32 bits each, big-endian),
 * then the bits.
 */

import { createHash } from 'node:crypto'

/** A set with false positives. */
export interface BloomFilter {
  readonly bits: number
  readonly hashes: number
  readonly entries: number
  has(text: string): boolean
}

const headLength = 16
const maxHashes = 64

/** Reads a filter. @throws Error when the bytes are not a filter */
export function readBloomFilter(bytes: Buffer): BloomFilter {
  if (bytes.length < headLength || bytes.toString('latin1', 0, 4) !== 'LKB2')
    throw new Error('This is not a filter of common passwords.')
  const bits = bytes.readUInt32BE(4)
  const hashes = bytes.readUInt32BE(8)
  // A truncated file would silently recognize less.
  if (bits === 0 || hashes === 0 || hashes > maxHashes || bytes.length !== headLength + Math.ceil(bits / 8)) {
    throw new Error('The filter of common passwords is damaged.')
  }
  return {
    bits,
    hashes,
    entries: bytes.readUInt32BE(12),
    has(text) {
      const digest = createHash('sha256').update(text).digest()
      let bit = digest.readUInt32BE(0) % bits
      let step = digest.readUInt32BE(4) % bits
      // The step grows: with a constant one, entries share lines of bits, and false positives are nearly
      // twice as frequent.
      for (let index = 0; index < hashes; index++) {
        if (((bytes[headLength + (bit >> 3)] as number) & (1 << (bit & 7))) === 0) return false
        bit = (bit + step) % bits
        step = (step + index + 1) % bits
      }
      return true
    },
  }
}
