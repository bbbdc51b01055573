/**
 * One call of the server. It knows addresses, headers and refusals, and no route.
 *
 * Invariant: what it rejects with is always an `AuthError`.
 */

import { AuthError, toRefusal } from './error.js'
import type { Toll } from './toll.js'

/** Where a native application keeps its session: there is no cookie, and the server has `tokenTransport: 'bearer'`. */
export interface NativeSession {
  /** A random id of this installation, kept by the application; it names the device that asks. */
  readonly flow: string
  /** The token, or null where nobody is signed in. */
  read(): string | null | Promise<string | null>
  /** Keeps the token, or forgets it. */
  write(token: string | null): void | Promise<void>
}

/** How a client reaches the server. */
export interface ClientOptions {
  /** The origin of the server, such as `https://app.example`; the empty text is the page's own. */
  readonly baseUrl: string
  /** Default: `/auth`. */
  readonly basePath?: string | undefined
  /** Default: the platform's. */
  readonly fetch?: typeof fetch | undefined
  /** Solves what a server asks of strangers when too many ask at once: give `solveToll`. Without it, calls are refused. */
  readonly toll?: ((toll: Toll) => Promise<string>) | undefined
  /** For applications that are no browser. */
  readonly native?: NativeSession | undefined
}

/** Calls one route: `DELETE /sessions/1`, with its body. Resolves to what was answered. */
export type Call = <Answer>(route: string, body?: object) => Promise<Answer>

/** A function that calls. */
export function createCall(options: ClientOptions): Call {
  const { baseUrl, basePath = '/auth', native } = options
  const root = baseUrl.replace(/\/+$/, '') + basePath
  // Taken at the call, and free of the object it stands on: browsers refuse a `fetch` with another `this`.
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
    // Once: whoever still owes a toll after that is told so.
    if (refusal.toll === undefined || options.toll === undefined || paid !== undefined) throw refusal
    return ask(route, body, await options.toll(refusal.toll))
  }

  return (route, body) => ask(route, body)
}
