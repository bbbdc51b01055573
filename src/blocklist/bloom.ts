/**
 * A Bloom filter that was built beforehand: it knows every entry, and takes one stranger in a million for one.
 * Layout: `LKBF`, bits, hashes, entries (32 bits each, big-endian), then the bits.
 */

import { createHash } from 'node:crypto'

/** A set that may also say yes to what is not in it. */
export interface BloomFilter {
  readonly entries: number
  has(text: string): boolean
}

const headLength = 16

/** Reads a filter. @throws Error where the bytes are none */
export function readBloomFilter(bytes: Buffer): BloomFilter {
  if (bytes.toString('latin1', 0, 4) !== 'LKBF') throw new Error('This is no filter of common passwords.')
  const bits = bytes.readUInt32BE(4)
  const hashes = bytes.readUInt32BE(8)
  return {
    entries: bytes.readUInt32BE(12),
    has(text) {
      const digest = createHash('sha256').update(text).digest()
      const start = digest.readUInt32BE(0)
      const step = (digest.readUInt32BE(4) | 1) >>> 0
      for (let index = 0; index < hashes; index++) {
        const bit = (start + index * step) % bits
        if (((bytes[headLength + (bit >> 3)] as number) & (1 << (bit & 7))) === 0) return false
      }
      return true
    },
  }
}
