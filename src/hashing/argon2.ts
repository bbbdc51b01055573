/**
 * Argon2id (RFC 9106) with the parameters of OWASP's first choice for 19 MiB: m = 19456 KiB, t = 2, p = 1. The native
 * module is loaded at the first hash; where there is none, WebAssembly does the same more slowly.
 */

import { randomBytes } from 'node:crypto'

/** The engine: one hash, one comparison. */
export interface Argon2 {
  hash(password: string): Promise<string>
  verify(hash: string, password: string): Promise<boolean>
}

const memoryKib = 19_456
const passes = 2
const lanes = 1
const hashLength = 32
const argon2id = 2

/** How every hash begins that has the parameters above. */
export const currentPrefix = `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$`

async function loadNative(): Promise<Argon2> {
  const { hash, verify } = await import('@node-rs/argon2')
  const options = {
    algorithm: argon2id,
    memoryCost: memoryKib,
    timeCost: passes,
    parallelism: lanes,
    outputLen: hashLength,
  }
  return {
    hash: (password) => hash(password, options),
    verify: (stored, password) => verify(stored, password),
  }
}

async function loadPortable(): Promise<Argon2> {
  const { argon2id: hash, argon2Verify } = await import('hash-wasm')
  return {
    hash: (password) =>
      hash({
        password,
        salt: randomBytes(16),
        memorySize: memoryKib,
        iterations: passes,
        parallelism: lanes,
        hashLength,
        outputType: 'encoded',
      }),
    verify: (stored, password) => argon2Verify({ hash: stored, password }),
  }
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
