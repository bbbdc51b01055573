/** Each value has one spelling. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePadded, decodeUnpadded, encodeUnpadded } from './base64.js'

describe('base64 of hashes', () => {
  it('is read back from what is written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(decodeUnpadded(encodeUnpadded(bytes))).toEqual(Buffer.from(bytes))
        expect(decodePadded(Buffer.from(bytes).toString('base64'))).toEqual(Buffer.from(bytes))
      }),
    )
  })

  it('has no second spelling', () => {
    for (const other of ['AB', 'A', 'AA==', 'A A', 'A-_A', 'AAB']) expect(decodeUnpadded(other)).toBeNull()
    for (const other of ['AA', 'AB==', 'AA=', 'AA===', 'AAAA=']) expect(decodePadded(other)).toBeNull()
  })
})
