/** A script of `processes/` as a real process, which talks in lines. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A running script. */
export interface Child {
  readonly pid: number
  /** The next line of its output. @throws Error when it ends before */
  line(): Promise<string>
  /** Lets it pass its barrier. */
  go(): void
  /** Kills it with SIGKILL, and waits until it is gone. */
  kill(): Promise<void>
  /** Waits until it ends by itself. Its exit code. */
  ended(): Promise<number | null>
}

/** Starts `processes/<name>.mjs` with these arguments. */
export function startChild(name: string, ...args: readonly string[]): Child {
  const script = fileURLToPath(new URL(`./processes/${name}.mjs`, import.meta.url))
  const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit') as Promise<[number | null]>
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    pid: child.pid as number,
    async line() {
      const next = await lines.next()
      if (next.done === true) throw new Error(`The process ${name} ended before its next line.`)
      return next.value
    },
    go: () => void child.stdin.write('go\n'),
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async ended() {
      child.stdin.end()
      return (await exited)[0]
    },
  }
}
