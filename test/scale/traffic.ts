/**
 * People who sign in, look at pages and sign out, each with one request at a time and a connection for each.
 *
 * What was acknowledged is held against what comes later: a session whose sign-in was acknowledged is *lost* when it is
 * refused, and one whose sign-out was acknowledged is *revived* when it is accepted. A request that ends without an
 * answer, or with a fault, is an error and acknowledges nothing.
 */

import { request } from 'node:http'
import { password } from './nodes.js'

/** What the traffic saw. */
export interface Sight {
  requests: number
  /** Kinds of errors, with how many. */
  readonly errors: Map<string, number>
  lost: number
  revived: number
  /** The longest that an answer, or an error, took. Milliseconds. */
  longestMs: number
  signedIn: number
  signedOut: number
  /** Cookies whose sign-in was acknowledged and that nobody ended. */
  readonly live: Set<string>
  /** Cookies whose sign-out was acknowledged. */
  readonly ended: Set<string>
}

/** What came back: a status, or the code of the fault. */
export interface Answer {
  readonly status: number | string
  readonly cookie: string | undefined
}

/** One request. */
export interface Call {
  readonly method: string
  readonly path: string
  readonly cookie?: string
  readonly body?: unknown
}

const patienceMs = 20_000

// Each request is from a network of its own, as a proxy tells it: what is tried here are nodes, and not their limits.
let networks = 0
function nextNetwork(): string {
  const number = ++networks
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`
}

/** Sends one request on a connection of its own. */
export function call(port: number, { method, path, cookie, body }: Call): Promise<Answer> {
  return new Promise((resolve) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        timeout: patienceMs,
        headers: {
          origin: `http://127.0.0.1:${port}`,
          'content-type': 'application/json',
          'x-forwarded-for': nextNetwork(),
          ...(cookie !== undefined && { cookie }),
        },
      },
      (response) => {
        const line = response.headers['set-cookie']?.find((each) => /^latchkey=[^;]/.test(each))
        response.on('error', (error: NodeJS.ErrnoException) =>
          resolve({ status: error.code ?? error.message, cookie: undefined }),
        )
        response.on('end', () => resolve({ status: response.statusCode ?? 0, cookie: line?.split(';')[0] }))
        response.resume()
      },
    )
    sent.on('timeout', () => sent.destroy(new Error('no answer')))
    sent.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ status: error.code ?? error.message, cookie: undefined }),
    )
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** The number of all errors. */
export function errorsOf({ errors }: Sight): number {
  return [...errors.values()].reduce((sum, count) => sum + count, 0)
}

/** Starts a person for each address at this port. `stop` lets each finish, and returns what was seen. */
export function startTraffic(port: number, emails: readonly string[]) {
  let running = true
  const sight: Sight = {
    requests: 0,
    errors: new Map(),
    lost: 0,
    revived: 0,
    longestMs: 0,
    signedIn: 0,
    signedOut: 0,
    live: new Set(),
    ended: new Set(),
  }

  async function send(what: Call): Promise<Answer> {
    const start = performance.now()
    const answer = await call(port, what)
    sight.requests++
    sight.longestMs = Math.max(sight.longestMs, performance.now() - start)
    const { status } = answer
    if (typeof status === 'string' || status >= 500 || status === 429) {
      const kind = String(status)
      sight.errors.set(kind, (sight.errors.get(kind) ?? 0) + 1)
    }
    return answer
  }

  const check = (cookie: string): Promise<Answer> => send({ method: 'GET', path: '/auth/session', cookie })

  async function visit(email: string, round: number): Promise<void> {
    const body = { email, password }
    const { status, cookie } = await send({ method: 'POST', path: '/auth/password/request', body })
    if (status !== 200 || cookie === undefined) return
    sight.signedIn++
    sight.live.add(cookie)
    for (let look = 0; look < 3; look++) if ((await check(cookie)).status === 401) sight.lost++
    // Every other session is left as it is, to be looked for at the end.
    if (round % 2 === 0) return
    sight.live.delete(cookie)
    const ending = await send({ method: 'DELETE', path: '/auth/session', cookie })
    if (ending.status !== 204) return
    sight.signedOut++
    sight.ended.add(cookie)
    if ((await check(cookie)).status === 200) sight.revived++
  }

  const people = emails.map(async (email) => {
    for (let round = 0; running; round++) await visit(email, round)
  })

  return {
    sight,
    /** Waits until so many more visits have begun with an acknowledged sign-in. */
    async progress(count: number): Promise<void> {
      const goal = sight.signedIn + count
      while (sight.signedIn < goal) await new Promise((resolve) => setTimeout(resolve, 20))
    },
    async stop(): Promise<Sight> {
      running = false
      await Promise.all(people)
      return sight
    },
    /** Looks for everything that was acknowledged. How many sessions are lost, and how many revived. */
    async recount(): Promise<{ lost: number; revived: number }> {
      const count = async (cookies: ReadonlySet<string>, status: number): Promise<number> => {
        let found = 0
        for (const cookie of cookies)
          if ((await call(port, { method: 'GET', path: '/auth/session', cookie })).status === status) found++
        return found
      }
      return { lost: await count(sight.live, 401), revived: await count(sight.ended, 200) }
    },
  }
}

/** One line of a sight. */
export function tell(what: string, sight: Sight, more: Record<string, unknown> = {}): void {
  const { requests, errors, lost, revived, longestMs, signedIn, signedOut } = sight
  const line = {
    requests,
    signedIn,
    signedOut,
    errors: Object.fromEntries(errors),
    lost,
    revived,
    longestMs: Math.round(longestMs),
    ...more,
  }
  process.stdout.write(`${what}: ${JSON.stringify(line)}\n`)
}
