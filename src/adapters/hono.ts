/**
 * `latchkey/hono`: the engine inside a Hono application, on any runtime, and guards for its routes.
 *
 * Invariants: (1) the client's address is what the runtime says of the connection, never a header that a client can
 * write; (2) a guard goes on only with a scope; (3) what a guard refuses is answered as the engine answers.
 */

import type { Context, MiddlewareHandler } from 'hono'
import { getRuntimeKey } from 'hono/adapter'
import type { Duration } from '../base/index.js'
import type { Scope } from '../http/index.js'
import type { Answering, Guarding } from './auth-like.js'
import { requireDuration } from './auth-like.js'

export type { Answering, Guarding } from './auth-like.js'

/** What is mounted: `auth`, or anything like it. */
export interface Mountable extends Answering, Guarding {
  readonly basePath: string
}

/** The variables of an application: `new Hono<LatchkeyEnv>()`. */
export interface LatchkeyEnv {
  Variables: {
    /** Who asks; set behind a guard. */
    scope: Scope
    /** What was mounted. */
    latchkey: Mountable
  }
}

/** What the runtimes hand to a Hono application beside the request. */
interface Bindings {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } }
  readonly server?: Bindings
  readonly requestIP?: (request: Request) => { readonly address: string } | null
  readonly remoteAddr?: { readonly hostname?: string }
}

function addressOf(c: Context): string | null {
  const bindings = (c.env ?? {}) as Bindings
  const { incoming, requestIP, remoteAddr } = { ...bindings, ...bindings.server }
  if (incoming !== undefined) return incoming.socket?.remoteAddress ?? null
  if (requestIP !== undefined) {
    // It is a method of the server, and looks at it.
    const server = bindings.server ?? bindings
    return requestIP.call(server, c.req.raw)?.address ?? null
  }
  if (remoteAddr !== undefined) return remoteAddr.hostname ?? null
  // Workers have no socket; the platform writes this header over whatever a client sent.
  return getRuntimeKey() === 'workerd' ? (c.req.header('cf-connecting-ip') ?? null) : null
}

/**
 * Answers everything below `auth.basePath`, and lets the rest go on. Mount it first, before anything that reads bodies:
 * `app.use(latchkey(auth))`.
 */
export function latchkey(auth: Mountable): MiddlewareHandler<LatchkeyEnv> {
  const below = `${auth.basePath}/`
  return async (c, next) => {
    c.set('latchkey', auth)
    const { path } = c.req
    if (path === auth.basePath || path.startsWith(below))
      return auth.fetch(c.req.raw, { address: addressOf(c) })
    return next()
  }
}

function createGuard(maxAge?: Duration): MiddlewareHandler<LatchkeyEnv> {
  return async (c, next) => {
    const auth = c.get('latchkey') as Mountable | undefined
    if (auth === undefined) throw new TypeError('Mount latchkey(auth) before its guards.')
    try {
      c.set('scope', await auth.requireScope(c.req.raw, { maxAge }))
    } catch (thrown) {
      return auth.problem(thrown)
    }
    return next()
  }
}

/** Lets whoever is signed in go on, as `c.get('scope')`; everybody else gets 401 `session_required`. */
export function requireScope(): MiddlewareHandler<LatchkeyEnv> {
  return createGuard()
}

/**
 * Lets whoever signed in within `maxAge`, such as `'10m'`, go on; others get 403 `assurance_required`.
 * @throws TypeError where `maxAge` is no duration
 */
export function requireFresh(maxAge: Duration): MiddlewareHandler<LatchkeyEnv> {
  return createGuard(requireDuration(maxAge))
}
