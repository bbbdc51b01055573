/** The built command as a process: `latchkey serve` on a free port, and the other commands. */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** A running server. */
export interface RunningServer {
  readonly url: string
  readonly pid: number
  readonly port: number
  /** Ends it as a terminal would. Resolves with the exit code. */
  stop(): Promise<number | null>
}

/** Starts the server on a free port with this environment. Nothing before it has to notice that it ends. */
export async function startServer(
  environment: Readonly<Record<string, string>>,
  switches: readonly string[] = ['--drain-delay', '0'],
): Promise<RunningServer> {
  const child = spawn(process.execPath, [main, '--json', 'serve', '--port', '0', ...switches], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (line === '}') break
  }
  const { url, port } = JSON.parse(lines.join('')) as { url: string; port: number }
  return {
    url,
    port,
    pid: child.pid as number,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
      return child.exitCode
    },
  }
}

/** Runs a command to its end. */
export function runCommand(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

/** A browser: it keeps cookies, and sends the origin of the application. */
export function createBrowser(url: string) {
  const cookies = new Map<string, string>()

  async function request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        origin: url,
        ...(cookie !== '' && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) as unknown as [string, string, string]
      if (value === '' || /max-age=0/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    const text = await response.text()
    const json = /json/.test(response.headers.get('content-type') ?? '')
      ? (JSON.parse(text) as unknown)
      : null
    return { status: response.status, headers: response.headers, text, json: json as Record<string, unknown> }
  }

  return { cookies, request }
}
