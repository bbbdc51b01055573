/**
 * Argon2id (RFC 9106) with the parameters of OWASP's first choice for 19 MiB: m = 19456 KiB, t = 2, p = 1. The native
 * module is loaded at the first hash; where there is none, WebAssembly does the same more slowly.
 */

import { encodeUnpadded } from './base64.js'
import type { HashTask } from './hash-threads.js'
import { sharedHashThreads } from './hash-threads.js'

/** The engine: one hash, one comparison. */
export interface Argon2 {
  hash(password: string): Promise<string>
  verify(hash: string, password: string): Promise<boolean>
}

const current = {
  variant: 'argon2id',
  version: 19,
  memoryKib: 19_456,
  passes: 2,
  lanes: 1,
  keyLength: 32,
} as const
const argon2id = 2

/** How every hash begins that has the parameters above. */
export const currentPrefix = `$argon2id$v=${current.version}$m=${current.memoryKib},t=${current.passes},p=${current.lanes}$`

/** A hash of the current cost that is nobody's: a key of zeros, to which no password is known. */
export const nobodysHash = `${currentPrefix}${encodeUnpadded(new Uint8Array(16))}$${encodeUnpadded(new Uint8Array(current.keyLength))}`

async function loadNative(): Promise<Argon2> {
  const { hash, verify } = await import('@node-rs/argon2')
  const options = {
    algorithm: argon2id,
    memoryCost: current.memoryKib,
    timeCost: current.passes,
    parallelism: current.lanes,
    outputLen: current.keyLength,
  }
  // What no thread can do, the pool of the runtime does.
  async function onThread<T>(task: HashTask, otherwise: () => Promise<T>): Promise<T> {
    const threads = sharedHashThreads()
    if (threads === null) return otherwise()
    return threads.run(task).then((value) => value as T, otherwise)
  }
  return {
    hash: (password) => onThread({ kind: 'hash', password, options }, () => hash(password, options)),
    verify: (stored, password) =>
      onThread({ kind: 'verify', stored, password }, () => verify(stored, password)),
  }
}

async function loadPortable(): Promise<Argon2> {
  const { createPortableArgon2 } = await import('./portable-argon2.js')
  return createPortableArgon2(current, currentPrefix)
}

/** The engine; `portable` leaves the native module aside. */
export function createArgon2(portable = false): Argon2 {
  let loading: Promise<Argon2> | undefined
  const load = (): Promise<Argon2> =>
    (loading ??= portable ? loadPortable() : loadNative().catch(() => loadPortable()))
  return {
    hash: async (password) => (await load()).hash(password),
    verify: async (hash, password) => (await load()).verify(hash, password),
  }
}
