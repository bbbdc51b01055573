/**
 * The hashing thread; `hash-threads.ts` starts it. It runs with a lower priority than everything else, so
 * that a storm of sign-ins leaves the processor to the session checks on the same machine.
 */

import { constants, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { hashSync, verifySync } from '@node-rs/argon2'
import type { HashResult, HashTask } from './hash-threads.js'

// On Linux, 0 is the current thread. If a sandbox forbids it, the thread hashes with the usual priority.
try {
  setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL)
} catch {
  // Nothing depends on it.
}

function run(task: HashTask): HashResult {
  try {
    return {
      value:
        task.kind === 'hash' ? hashSync(task.password, task.options) : verifySync(task.stored, task.password),
    }
  } catch (cause) {
    return { fault: cause instanceof Error ? cause.message : String(cause) }
  }
}

parentPort?.on('message', (task: HashTask) => parentPort?.postMessage(run(task)))
