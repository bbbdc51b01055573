/**
 * One call to the server. It handles URLs, headers and errors, and knows no route.
 *
 * Invariant: it rejects only with an `AuthError`.
 */

import { AuthError, toRefusal } from './error.js'
import type { Toll } from './toll.js'

/**
 * Session storage of a native application, which has no cookies. The server needs `tokenTransport: 'bearer'`.
 */
export interface NativeSession {
  /** A random id of this installation, stored by the application. It identifies the device. */
  readonly flow: string
  /** Returns the stored token, or null if nobody is signed in. */
  read(): string | null | Promise<string | null>
  /** Stores the token; null deletes it. */
  write(token: string | null): void | Promise<void>
}

/** How a client reaches the server. */
export interface ClientOptions {
  /** The origin of the server, such as `https://app.example`. Use `''` for the origin of the page. */
  readonly baseUrl: string
  /** The path of all routes. @default '/auth' */
  readonly basePath?: string | undefined
  /** The `fetch` implementation. @default the platform's */
  readonly fetch?: typeof fetch | undefined
  /**
   * Solves the toll that the server requires from strangers when there are too many requests: pass
   * `solveToll`. Without it, such calls are rejected with `rate_limited`.
   */
  readonly toll?: ((toll: Toll) => Promise<string>) | undefined
  /** For applications that don't run in a browser. */
  readonly native?: NativeSession | undefined
}

/** Calls one route, such as `DELETE /sessions/1`, with a body. Resolves to the response body. */
export type Call = <Answer>(route: string, body?: object) => Promise<Answer>

/** Creates the function that calls routes. */
export function createCall(options: ClientOptions): Call {
  const { baseUrl, basePath = '/auth', native } = options
  const root = baseUrl.replace(/\/+$/, '') + basePath
  // `fetch` is looked up at each call, and called without an object: browsers reject a `fetch` with another
  // `this`.
  const send = options.fetch ?? ((url: string, init: RequestInit) => fetch(url, init))

  async function headersFor(body: object | undefined): Promise<Record<string, string>> {
    const headers: Record<string, string> = { Accept: 'application/json' }
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    if (native === undefined) return headers
    headers['Latchkey-Flow'] = native.flow
    const token = await native.read()
    if (token !== null) headers['Authorization'] = `Bearer ${token}`
    return headers
  }

  async function ask<Answer>(route: string, body?: object, paid?: string): Promise<Answer> {
    const [method = 'GET', path = ''] = route.split(' ')
    const init: RequestInit = {
      method,
      headers: { ...(await headersFor(body)), ...(paid !== undefined && { 'Latchkey-Toll': paid }) },
      credentials: native === undefined ? 'include' : 'omit',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }
    const response = await send(root + path, init).catch((cause: unknown) => {
      throw new AuthError('unavailable', { message: 'The server cannot be reached.', cause })
    })
    if (response.status === 204) return undefined as Answer
    const answer: unknown = await response.json().catch(() => undefined)
    if (response.ok && typeof answer === 'object') return answer as Answer
    const refusal = toRefusal(response, answer)
    // Pays at most once. If a toll is still due after that, the caller gets the error.
    if (refusal.toll === undefined || options.toll === undefined || paid !== undefined) throw refusal
    return ask(route, body, await options.toll(refusal.toll))
  }

  return (route, body) => ask(route, body)
}
