/**
 * Argon2id (RFC 9106) with the parameters of OWASP's first choice for 19 MiB: m = 19456 KiB, t = 2, p = 1.
 * The native module is loaded at the first hash; without it, WebAssembly does the same more slowly.
 */

import { closeSync, openSync } from 'node:fs'
import { createRequire } from 'node:module'
import { devNull } from 'node:os'
import type * as NativeModule from '@node-rs/argon2'
import { importOrRequire, isShortage, loadOnce } from '../base/index.js'
import type { Argon2 } from './argon2-engine.js'
import { encodeUnpadded } from './base64.js'
import type { HashTask } from './hash-threads.js'
import { sharedHashThreads } from './hash-threads.js'
import { createPortableArgon2 } from './portable-argon2.js'

/** An engine that can be loaded before its first hash. */
export type LoadedArgon2 = Argon2 & { load(): Promise<void> }

const current = {
  variant: 'argon2id',
  version: 19,
  memoryKib: 19_456,
  passes: 2,
  lanes: 1,
  keyLength: 32,
} as const
const argon2id = 2

/** The prefix of every hash with the parameters above. */
export const currentPrefix = `$argon2id$v=${current.version}$m=${current.memoryKib},t=${current.passes},p=${current.lanes}$`

/** A hash of the current cost that belongs to nobody: a key of zeros, for which no password is known. */
export const nobodysHash = `${currentPrefix}${encodeUnpadded(new Uint8Array(16))}$${encodeUnpadded(new Uint8Array(current.keyLength))}`

const importNative = (): Promise<typeof NativeModule> =>
  importOrRequire(
    () => import('@node-rs/argon2'),
    () => createRequire(import.meta.url)('@node-rs/argon2') as typeof NativeModule,
  )

async function loadNative(load: () => Promise<typeof NativeModule>): Promise<Argon2> {
  const { hash, verify } = await load()
  const options = {
    algorithm: argon2id,
    memoryCost: current.memoryKib,
    timeCost: current.passes,
    parallelism: current.lanes,
    outputLen: current.keyLength,
  }
  // If threads are not available, the runtime's thread pool is used.
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

// A module whose files can't be opened is reported as missing.
function lacksDescriptors(): boolean {
  try {
    closeSync(openSync(devNull, 'r'))
    return false
  } catch (error) {
    return isShortage(error)
  }
}

/** The engine; `portable` doesn't use the native module, and `native` loads it. */
export function createArgon2(
  portable = false,
  native: () => Promise<typeof NativeModule> = importNative,
): LoadedArgon2 {
  const load = loadOnce(async (): Promise<Argon2> => {
    if (portable) return createPortableArgon2(current, currentPrefix)
    try {
      return await loadNative(native)
    } catch (error) {
      // After a shortage of file descriptors or memory the native module will load next time; a fallback to
      // the slow engine would be permanent.
      if (isShortage(error) || lacksDescriptors())
        throw new Error('too many open files, or too little memory', { cause: error })
      return createPortableArgon2(current, currentPrefix)
    }
  })
  return {
    async load() {
      await load()
    },
    hash: async (password) => (await load()).hash(password),
    verify: async (hash, password) => (await load()).verify(hash, password),
  }
}
