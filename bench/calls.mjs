// Calls to a child process and their results, one message each.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Starts a script of this folder. `call(name, argument)` runs one of its calls. */
export function start(script, ...args) {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const label = args[0] ?? script
  const waiting = new Map()
  let count = 0
  child.on('message', ({ id, result, error }) => {
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) resolve(result)
    else reject(new Error(`${label}: ${error}`))
  })
  const ended = new Promise((resolve) =>
    child.once('exit', () => {
      for (const { reject } of waiting.values()) reject(new Error(`${label} ended.`))
      resolve()
    }),
  )
  return {
    pid: child.pid,
    call: (name, argument) =>
      new Promise((resolve, reject) => {
        const id = ++count
        waiting.set(id, { resolve, reject })
        child.send({ id, name, argument })
      }),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Answers calls in the child process. */
export function answer(calls) {
  process.on('message', async ({ id, name, argument }) => {
    try {
      process.send({ id, result: await calls[name](argument) })
    } catch (error) {
      process.send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  process.on('disconnect', () => process.exit())
}
