/** Argon2 in PHC form (RFC 9106), with any parameters that a process survives. */

import type { Argon2 } from '../argon2-engine.js'
import { readArgon2 } from '../argon2-form.js'
import type { Verifier } from '../verifier.js'

/** Verifies through the engine that also hashes. */
export function argon2Verifier(argon2: Argon2): Verifier {
  return {
    name: 'argon2',
    understands: (hash) => readArgon2(hash) !== null,
    verify: (hash, password) => argon2.verify(hash, password),
  }
}
