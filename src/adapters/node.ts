/**
 * `latchkey/node`: mounts Latchkey in `node:http`, Express, Fastify and any framework with Node's request and
 * response, with guards for the routes of such a host.
 *
 * Invariants: (1) the client's address comes from the socket, never from a header; (2) a guard continues only
 * with a scope; (3) an error of a guard has the same format as one of Latchkey's routes.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Duration } from '../base/index.js'
import type { Scope } from '../http/index.js'
import type { Answering, Guarding } from './auth-like.js'
import { requireDuration } from './auth-like.js'

export type { Answering, Guarding } from './auth-like.js'

/** A listener for `http.createServer`, or a handler for Express. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * Middleware for Express or Connect. It sets `request.scope` and calls `next`, or answers with a problem
 * document.
 */
export type NodeGuard = (
  request: IncomingMessage & { scope?: unknown },
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

/** The guards of one `auth`. */
export interface NodeGuards {
  /** Lets requests with a session continue. All others get 401 `session_required`. */
  readonly requireScope: NodeGuard
  /**
   * Lets a request continue if the person signed in within `maxAge`, such as `'10m'`. Others get 403
   * `assurance_required`, or 401 `session_required` if nobody is signed in.
   * @throws TypeError if `maxAge` is not a duration
   */
  requireFresh(maxAge: Duration): NodeGuard
  /**
   * The user and session of a request behind a guard.
   * @throws TypeError if no guard let the request through
   */
  scopeOf(request: object): Scope
}

// A router mounted at a path removes that path from `url`; Express and Connect keep the original.
function restoreUrl(request: IncomingMessage & { originalUrl?: unknown }): void {
  if (typeof request.originalUrl === 'string') request.url = request.originalUrl
}

/**
 * Answers requests of `node:http` with `auth.fetch`, and passes the address of the socket. Mount it before
 * any middleware that reads bodies.
 * @example
 * ```ts
 * http.createServer(toNodeHandler(auth)).listen(3000)
 * ```
 */
export function toNodeHandler(auth: Answering): NodeHandler {
  const listen = getRequestListener((request, { incoming }) =>
    auth.fetch(request, { address: incoming.socket.remoteAddress }),
  )
  return (request, response) => {
    restoreUrl(request)
    return listen(request, response)
  }
}

// The session token is in one of these two headers; a guard reads nothing else.
function toRequest({ headers: { authorization, cookie } }: IncomingMessage): Request {
  const headers = {
    ...(authorization !== undefined && { authorization }),
    ...(cookie !== undefined && { cookie }),
  }
  return new Request('http://localhost/', { headers })
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  const text = await answer.text()
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  response.end(text)
}

/**
 * Creates guards for the routes of Express, Connect, Fastify or plain `node:http`.
 * @example
 * ```ts
 * const { requireScope, scopeOf } = createNodeGuards(auth)
 * app.get('/me', requireScope, (request, response) => response.json(scopeOf(request).user))
 * ```
 */
export function createNodeGuards(auth: Guarding): NodeGuards {
  const scopes = new WeakMap<object, Scope>()

  function createGuard(maxAge?: Duration): NodeGuard {
    return (request, response, next) => {
      auth
        .requireScope(toRequest(request), { maxAge })
        .then(
          (scope) => {
            scopes.set(request, scope)
            request.scope = scope
            next()
          },
          async (thrown: unknown) => send(await auth.problem(thrown), response),
        )
        .catch(next)
    }
  }

  return {
    requireScope: createGuard(),
    requireFresh: (maxAge) => createGuard(requireDuration(maxAge)),
    scopeOf(request) {
      const scope = scopes.get(request)
      if (scope === undefined) throw new TypeError('No guard of latchkey/node let this request through.')
      return scope
    },
  }
}
