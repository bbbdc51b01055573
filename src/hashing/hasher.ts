/**
 * Slow hashes of passwords: argon2id for new ones, and verifiers for those that come from other systems. Passwords come
 * in NFC: a hash that another system made of another form is not matched, unless that system folded the form itself.
 *
 * Invariants: (1) hashing never blocks the event loop, and never more than `concurrency` at once; (2) an unknown
 * person costs what a known one costs, the first time too; (3) a hash of an unknown or damaged form is nobody's, and a
 * fault is never a refusal; (4) what is accepted from outside can't cost more than a stated bound.
 */

import { AuthError, isShortage } from '../base/index.js'
import type { Hasher } from '../core/index.js'
import { createArgon2, currentPrefix, nobodysHash } from './argon2.js'
import { createPool } from './pool.js'
import { longestHash } from './verifier.js'
import { argon2Verifier } from './verifiers/argon2.js'
import { bcryptVerifier, loadBcrypt } from './verifiers/bcrypt.js'
import { aspNetVerifier, djangoVerifier, passlibVerifier } from './verifiers/pbkdf2.js'
import { phpassVerifier } from './verifiers/phpass.js'
import { colonScryptVerifier, firebaseVerifier, scryptVerifier } from './verifiers/scrypt.js'

/** A hasher that tells how many passwords wait. */
export interface PooledHasher extends Hasher {
  queued(): number
  /** Loads the native modules. @throws AuthError `unavailable` where a shortage keeps them from being read */
  load(): Promise<void>
}

// What stands before salt and key tells the cost; a form that tells none has one.
function costOf(hash: string): string {
  const bcrypt = /^\$2[aby](\$\d\d)\$/.exec(hash)?.[1]
  const phpass = /^\$[PH]\$./.exec(hash)?.[0]
  const parts = hash.split('$')
  return bcrypt ?? phpass ?? (parts.length > 3 ? parts.slice(0, -2).join('$') : String(hash.length))
}

function toFault(cause: unknown): AuthError {
  const reason = 'hash_fault'
  return isShortage(cause)
    ? new AuthError('unavailable', { reason, retryAfterMs: 1000, cause })
    : new AuthError('internal', { reason, cause })
}

/** A hasher of its own pool. `portable` leaves the native module aside. */
export function createHasher(options: {
  readonly concurrency: number
  readonly queue: number
  readonly portable?: boolean
}): PooledHasher {
  const pool = createPool(options)
  const argon2 = createArgon2(options.portable)
  const verifiers = [
    argon2Verifier(argon2),
    bcryptVerifier,
    scryptVerifier,
    colonScryptVerifier,
    firebaseVerifier,
    djangoVerifier,
    passlibVerifier,
    phpassVerifier,
    aspNetVerifier,
  ]

  const verifierOf = (hash: string) =>
    hash.length > longestHash ? undefined : verifiers.find((verifier) => verifier.understands(hash))

  async function compare(hash: string, password: string): Promise<boolean> {
    const verifier = verifierOf(hash)
    if (verifier === undefined) return false
    return pool.run(async () => {
      try {
        return await verifier.verify(hash, password)
      } catch (cause) {
        // Its form was right, so this is a fault of the machine and says nothing about the password.
        throw toFault(cause)
      }
    })
  }

  async function hash(password: string): Promise<string> {
    try {
      return await argon2.hash(password)
    } catch (cause) {
      throw toFault(cause)
    }
  }

  return {
    hash: (password) => pool.run(() => hash(password)),
    verify: compare,
    async verifyNobody(password) {
      await compare(nobodysHash, password)
    },
    needsRehash: (hash) => !hash.startsWith(currentPrefix),
    formOf(hash) {
      const verifier = verifierOf(hash)
      return verifier === undefined ? null : `${verifier.name} ${costOf(hash)}`
    },
    understands: (hash) => verifierOf(hash) !== undefined,
    queued: () => pool.queued(),
    async load() {
      try {
        await argon2.load()
        await loadBcrypt()
      } catch (cause) {
        // Whoever has no such module may never need it.
        if (isShortage(cause)) throw toFault(cause)
      }
    },
  }
}
