/** Nodes of one system: `latchkey serve` as processes, behind one address. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createAuth } from '../../src/index.js'
import { runCommand } from '../harness/server.js'

/** The secret that all nodes share. */
export const secret = 'a secret of nodes that opens nothing else'
/** The password of everybody. */
export const password = 'seven wooden lanterns drifting'

const built = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** One process. */
export interface Node {
  readonly port: number
  readonly pid: number
  /** Ends it by SIGKILL. */
  kill(): Promise<void>
  /** Ends it as an operator would. Resolves with the exit code. */
  stop(): Promise<number | null>
}

/** The environment of a node behind a proxy, which tells of whom it is. */
export function environmentOf(databaseUrl: string, baseUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    LATCHKEY_SECRET: secret,
    LATCHKEY_BASE_URL: baseUrl,
    LATCHKEY_TRUSTED_PROXIES: '1',
  }
}

/** Starts a node; `main` is the command of another release. Resolves once it serves. */
export async function startNode(environment: Record<string, string>, main: string = built): Promise<Node> {
  const child = spawn(process.execPath, [main, '--json', 'serve', '--host', '127.0.0.1', '--port', '0'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit') as Promise<[number | null]>
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (line === '}') break
  }
  const { port } = JSON.parse(lines.join('')) as { port: number }
  return {
    port,
    pid: child.pid as number,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async stop() {
      child.kill('SIGTERM')
      return (await exited)[0]
    },
  }
}

/** Migrates a database, and makes so many people who can sign in. Returns their addresses. */
export async function populate(databaseUrl: string, count: number): Promise<string[]> {
  const { status, stderr } = runCommand(['migrate'], environmentOf(databaseUrl, 'http://127.0.0.1'))
  if (status !== 0) throw new Error(stderr)
  const auth = await createAuth({ database: databaseUrl, secret, outbox: { worker: false } })
  try {
    const emails = Array.from({ length: count }, (_, index) => `person-${index}@example.com`)
    for (const email of emails) {
      const { user } = await auth.accounts.importUser({ email, verified: true })
      await auth.accounts.setPassword(user, password)
    }
    return emails
  } finally {
    await auth.close()
  }
}
