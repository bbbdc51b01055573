/**
 * Slow password hashes: argon2id for new ones, and verifiers for those from other systems. Passwords arrive
 * in NFC: a hash that another system made from another form doesn't match, unless that system normalized the
 * password itself.
 *
 * Invariants: (1) hashing never blocks the event loop, and never more than `concurrency` run at once; (2) an
 * unknown user costs the same as a known one, the first time too; (3) no password matches a hash of an
 * unknown or damaged form, and a fault is never a refusal; (4) a hash from outside can't cost more than a
 * stated bound.
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

/** A hasher that reports how many passwords wait. */
export interface PooledHasher extends Hasher {
  queued(): number
  /** Loads the native modules. @throws AuthError `unavailable` when a shortage of resources prevents that */
  load(): Promise<void>
}

// The part before salt and key shows the cost; all hashes of a form without such a part cost the same.
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

/** A hasher with its own pool. `portable` doesn't use the native module. */
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
        // A host without this module may never need it.
        if (isShortage(cause)) throw toFault(cause)
      }
    },
  }
}
