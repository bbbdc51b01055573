/**
 * `latchkey/node`: the engine behind `node:http`, Express, Fastify and whatever else takes its request and response,
 * and guards for the routes of such a host.
 *
 * Invariants: (1) what an engine is told of the client is the socket, never a header; (2) a guard goes on only with a
 * scope; (3) what a guard refuses is answered as the engine answers.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Duration } from '../base/index.js'
import type { Scope } from '../http/index.js'
import type { Answering, Guarding } from './auth-like.js'
import { requireDuration } from './auth-like.js'

export type { Answering, Guarding } from './auth-like.js'

/** A listener for `http.createServer`, or a handler of Express. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** A middleware of Express or Connect. It sets `request.scope` and calls `next`, or answers a problem document. */
export type NodeGuard = (
  request: IncomingMessage & { scope?: unknown },
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

/** The guards of one engine. */
export interface NodeGuards {
  /** Lets whoever is signed in go on; everybody else gets 401 `session_required`. */
  readonly requireScope: NodeGuard
  /**
   * Lets whoever signed in within `maxAge`, such as `'10m'`, go on; others get 403 `assurance_required`.
   * @throws TypeError where `maxAge` is no duration
   */
  requireFresh(maxAge: Duration): NodeGuard
  /** Who asks, behind a guard. @throws TypeError where no guard let the request through */
  scopeOf(request: object): Scope
}

// A router that is mounted at a path cuts it off from `url`; Express and Connect keep the whole.
function restoreUrl(request: IncomingMessage & { originalUrl?: unknown }): void {
  if (typeof request.originalUrl === 'string') request.url = request.originalUrl
}

/**
 * Answers requests of `node:http` by `auth.fetch`, telling it the address of the socket. Mount it before anything that
 * reads bodies.
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

// The session stands in one of two headers; a guard reads nothing else.
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

/** Guards for the routes of Express, Connect, Fastify or plain `node:http`. */
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
