/** Argon2 in PHC form (RFC 9106), with any parameters that a process survives. */

import type { Argon2 } from '../argon2.js'
import type { Verifier } from '../verifier.js'

const form =
  /^\$argon2(?:id|i|d)\$v=\d{2}\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$[A-Za-z0-9+/]{11,128}\$[A-Za-z0-9+/]{16,128}$/
const mostMemoryKib = 1_048_576
const mostPasses = 64
const mostLanes = 16

/** Verifies through the engine that also hashes. */
export function argon2Verifier(argon2: Argon2): Verifier {
  return {
    name: 'argon2',
    understands(hash) {
      const match = form.exec(hash)
      if (match === null) return false
      const [memory, passes, lanes] = match.slice(1).map(Number) as [number, number, number]
      return memory <= mostMemoryKib && passes <= mostPasses && lanes <= mostLanes
    },
    verify: (hash, password) => argon2.verify(hash, password),
  }
}
