/** Races between processes, each with connections of its own, from one barrier. */

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** One call of an operation. */
export interface Attempt {
  readonly operation: string
  readonly args: readonly unknown[]
}

/** How it ended: a result, a refusal, or something raw, which must never be. */
export interface Outcome {
  readonly won: boolean
  readonly user?: string | null
  readonly code?: string
  readonly raw?: string
}

const racer = fileURLToPath(new URL('./processes/racer.mjs', import.meta.url))

function startProcess(url: string, connections: number) {
  const child = spawn(process.execPath, [racer, JSON.stringify({ url, connections })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const line = await lines.next()
    if (line.done === true) throw new Error('A racing process ended before its result.')
    return line.value
  }
  const say = (line: string): void => void child.stdin.write(`${line}\n`)
  return {
    async ready(attempts: readonly Attempt[]): Promise<void> {
      say(JSON.stringify(attempts))
      await next()
    },
    go: () => say('go'),
    outcomes: async () => JSON.parse(await next()) as Outcome[],
  }
}

// The processes of a server are kept for all races of a file, since opening eight engines takes longer than a race.
// They end with the input that this process holds.
const racing = new Map<string, readonly ReturnType<typeof startProcess>[]>()

/** Splits the attempts over two processes with four connections each, and lets all go at once. */
export async function race(url: string, attempts: readonly Attempt[]): Promise<Outcome[]> {
  const processes = racing.get(url) ?? [startProcess(url, 4), startProcess(url, 4)]
  racing.set(url, processes)
  await Promise.all(
    processes.map(({ ready }, half) => ready(attempts.filter((_, index) => index % 2 === half))),
  )
  for (const { go } of processes) go()
  return (await Promise.all(processes.map(({ outcomes }) => outcomes()))).flat()
}

/** The same attempt so many times. */
export function times(count: number, operation: string, ...args: readonly unknown[]): Attempt[] {
  return Array.from({ length: count }, () => ({ operation, args }))
}
