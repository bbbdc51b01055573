/** `latchkey/node`: the engine behind `node:http`, Express, Fastify and whatever else takes its request and response. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'

/** What is served: `auth`, or anything that answers requests like it. */
export interface Answering {
  fetch(request: Request, peer?: { readonly address?: string | null | undefined }): Promise<Response>
}

/** A listener for `http.createServer`, or a handler of Express. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * Answers requests of `node:http` by `auth.fetch`, telling it the address of the socket. Mount it before anything that
 * reads bodies.
 */
export function toNodeHandler(auth: Answering): NodeHandler {
  return getRequestListener((request, { incoming }) =>
    auth.fetch(request, { address: incoming.socket.remoteAddress }),
  )
}
