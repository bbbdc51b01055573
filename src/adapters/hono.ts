/**
 * `latchkey/hono`: mounts Latchkey in a Hono application, on any runtime, with guards for its routes.
 *
 * Invariants: (1) the client's address comes from the runtime's connection, never from a header that a client
 * can write; (2) a guard continues only with a scope; (3) an error of a guard has the same format as one of
 * Latchkey's routes.
 */

import type { Context, MiddlewareHandler } from 'hono'
import { getRuntimeKey } from 'hono/adapter'
import type { Duration } from '../base/index.js'
import type { Scope } from '../http/index.js'
import type { Answering, Guarding } from './auth-like.js'
import { requireDuration } from './auth-like.js'

export type { Answering, Guarding } from './auth-like.js'

/** The part of `auth` that the middleware needs. */
export interface Mountable extends Answering, Guarding {
  readonly basePath: string
}

/** The variables of the application: `new Hono<LatchkeyEnv>()`. */
export interface LatchkeyEnv {
  Variables: {
    /** The user and session of the request; set behind a guard. */
    scope: Scope
    /** The mounted `auth`. */
    latchkey: Mountable
  }
}

/** The properties of `c.env` that the runtimes set. */
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
    // `requestIP` is a method and needs the server as `this`.
    const server = bindings.server ?? bindings
    return requestIP.call(server, c.req.raw)?.address ?? null
  }
  if (remoteAddr !== undefined) return remoteAddr.hostname ?? null
  // Workers have no socket; the platform overwrites this header if a client sends it.
  return getRuntimeKey() === 'workerd' ? (c.req.header('cf-connecting-ip') ?? null) : null
}

/**
 * Answers every request below `auth.basePath` and passes on all others. Mount it before any middleware that
 * reads bodies.
 * @example
 * ```ts
 * const app = new Hono<LatchkeyEnv>()
 * app.use(latchkey(auth))
 * app.get('/me', requireScope(), (c) => c.json(c.get('scope').user))
 * ```
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

/** Lets requests with a session continue, with `c.get('scope')`. All others get 401 `session_required`. */
export function requireScope(): MiddlewareHandler<LatchkeyEnv> {
  return createGuard()
}

/**
 * Lets a request continue if the person signed in within `maxAge`, such as `'10m'`. Others get 403
 * `assurance_required`, or 401 `session_required` if nobody is signed in.
 * @throws TypeError if `maxAge` is not a duration
 */
export function requireFresh(maxAge: Duration): MiddlewareHandler<LatchkeyEnv> {
  return createGuard(requireDuration(maxAge))
}
