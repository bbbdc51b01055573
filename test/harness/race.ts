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

function startProcess(url: string, connections: number, attempts: readonly Attempt[]) {
  const child = spawn(process.execPath, [racer, JSON.stringify({ url, connections, attempts })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const line = await lines.next()
    if (line.done === true) throw new Error('A racing process ended before its result.')
    return line.value
  }
  return {
    ready: next(),
    go: () => child.stdin.write('go\n'),
    outcomes: async () => JSON.parse(await next()) as Outcome[],
  }
}

/** Splits the attempts over two processes with four connections each, and lets all go at once. */
export async function race(url: string, attempts: readonly Attempt[]): Promise<Outcome[]> {
  const processes = [0, 1].map((half) =>
    startProcess(
      url,
      4,
      attempts.filter((_, index) => index % 2 === half),
    ),
  )
  await Promise.all(processes.map(({ ready }) => ready))
  for (const { go } of processes) go()
  return (await Promise.all(processes.map(({ outcomes }) => outcomes()))).flat()
}

/** The same attempt so many times. */
export function times(count: number, operation: string, ...args: readonly unknown[]): Attempt[] {
  return Array.from({ length: count }, () => ({ operation, args }))
}
