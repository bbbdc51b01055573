/**
 * Hashing threads, shared by all engines of a process. The runtime's thread pool has the priority of the
 * event loop: while every core hashes, each turn of the loop would wait for one of them.
 *
 * Invariants: (1) a thread has one task at a time; (2) a thread keeps the process alive only while it hashes;
 * (3) a task whose thread dies fails; threads are started again after a hundred tasks that ran elsewhere.
 */

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

/** The parameters of a hash, as the native module takes them. */
export interface HashOptions {
  readonly algorithm: number
  readonly memoryCost: number
  readonly timeCost: number
  readonly parallelism: number
  readonly outputLen: number
}

/** A task for a thread. */
export type HashTask =
  | { readonly kind: 'hash'; readonly password: string; readonly options: HashOptions }
  | { readonly kind: 'verify'; readonly stored: string; readonly password: string }

/** A thread's result. */
export type HashResult = { readonly value: string | boolean } | { readonly fault: string }

/** Runs hashes on threads. */
export interface HashThreads {
  /** Whether no thread has died so far. */
  isSound(): boolean
  run(task: HashTask): Promise<string | boolean>
}

interface Thread {
  readonly worker: Worker
  /** Completes the current task. */
  settle: ((result: HashResult) => void) | null
}

/**
 * The thread's script next to this file; null when there is none, or when the platform only has priorities
 * per process.
 */
export function findThreadScript(): URL | null {
  if (process.platform !== 'linux' || 'Bun' in globalThis || 'Deno' in globalThis) return null
  try {
    const script = new URL('./hash-thread.js', import.meta.url)
    return existsSync(fileURLToPath(script)) ? script : null
  } catch {
    // A bundle has no files next to it.
    return null
  }
}

/** Threads that run this script. */
export function createHashThreads(script: URL): HashThreads {
  // The most recently idle thread goes next, so that the caches of its core are warm.
  const resting: Thread[] = []
  let sound = true

  function open(): Thread {
    const worker = new Worker(script)
    const thread: Thread = { worker, settle: null }
    const end = (fault: string): void => {
      sound = false
      thread.settle?.({ fault })
    }
    worker.on('message', (result: HashResult) => {
      resting.push(thread)
      thread.settle?.(result)
    })
    worker.on('error', (error) => end(error.message))
    worker.on('exit', () => end('The thread ended.'))
    return thread
  }

  return {
    isSound: () => sound,
    run: (task) =>
      new Promise((resolve, reject) => {
        const thread = resting.pop() ?? open()
        thread.worker.ref()
        thread.settle = (result) => {
          thread.settle = null
          thread.worker.unref()
          if ('fault' in result) reject(new Error(result.fault))
          else resolve(result.value)
        }
        thread.worker.postMessage(task)
      }),
  }
}

// If threads die immediately, only one of this many hashes pays for the attempt.
const restingTasks = 100

/**
 * Returns the threads to use now, or null: when `begin` returns none, and for a hundred tasks after a thread
 * died. The cause may be a temporary shortage.
 */
export function renewThreads(begin: () => HashThreads | null): () => HashThreads | null {
  let threads: HashThreads | null | undefined
  let declined = 0
  return () => {
    if (threads === undefined) threads = begin()
    if (threads === null || threads.isSound()) return threads
    if (++declined <= restingTasks) return null
    declined = 0
    return (threads = begin())
  }
}

/** The threads of this process, or null when there are none. */
export const sharedHashThreads = renewThreads(() => {
  const script = findThreadScript()
  return script === null ? null : createHashThreads(script)
})
