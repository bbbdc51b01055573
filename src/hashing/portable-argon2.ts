/**
 * Argon2 in WebAssembly, for a machine without the native module. It runs in worker threads, so that the
 * event loop stays free; it takes several times as long as the native module.
 *
 * Invariant: an idle worker does not keep the process alive. There are never more workers than tasks at once.
 */

import { randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { Argon2 } from './argon2-engine.js'
import { readArgon2 } from './argon2-form.js'
import type { Argon2Hash } from './argon2-form.js'
import { encodeUnpadded } from './base64.js'

// A text, because a worker's file would have another name in `src` than in `dist`.
const program = `
const { parentPort, workerData } = require('node:worker_threads')
const variants = require(workerData)
parentPort.on('message', ({ variant, options }) => {
  variants[variant](options).then(
    (key) => parentPort.postMessage({ key }),
    (error) => parentPort.postMessage({ fault: String(error.message) }),
  )
})`

type Answer = { readonly key: Uint8Array } | { readonly fault: string }
type Work = Omit<Argon2Hash, 'key'> & { readonly keyLength: number }

const saltLength = 16

/** An engine that hashes with `current`, whose PHC form begins with `prefix`. */
export function createPortableArgon2(current: Omit<Work, 'salt'>, prefix: string): Argon2 {
  const library = createRequire(import.meta.url).resolve('hash-wasm')
  let idle: Worker[] = []

  function open(): Worker {
    const worker = new Worker(program, { eval: true, workerData: library })
    // A running task gets the error; a worker that dies while idle is not used again.
    worker.on('error', () => undefined)
    worker.on('exit', () => (idle = idle.filter((each) => each !== worker)))
    return worker
  }

  async function derive(password: string, work: Work): Promise<Uint8Array> {
    const { variant, version, memoryKib, passes, lanes, salt, keyLength } = work
    if (version !== 19) throw new Error('Argon2 version 16 needs the native module.')
    const worker = idle.pop() ?? open()
    worker.ref()
    const answered = once(worker, 'message')
    worker.postMessage({
      variant,
      options: {
        password,
        salt,
        memorySize: memoryKib,
        iterations: passes,
        parallelism: lanes,
        hashLength: keyLength,
        outputType: 'binary',
      },
    })
    // A worker that died is not put back.
    const [answer] = (await answered) as [Answer]
    worker.unref()
    idle.push(worker)
    if ('fault' in answer) throw new Error(answer.fault)
    return answer.key
  }

  return {
    async hash(password) {
      const salt = randomBytes(saltLength)
      const key = await derive(password, { ...current, salt })
      return `${prefix}${encodeUnpadded(salt)}$${encodeUnpadded(key)}`
    },
    async verify(hash, password) {
      const stored = readArgon2(hash)
      if (stored === null) return false
      const key = await derive(password, { ...stored, keyLength: stored.key.length })
      return timingSafeEqual(key, stored.key)
    },
  }
}
