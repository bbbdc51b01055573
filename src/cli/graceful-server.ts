/**
 * A `node:http` server that stops without cutting off responses.
 *
 * Invariants: (1) from `retire` on, every response has `Connection: close`, so that clients move elsewhere by
 * themselves; (2) `end` accepts no new connection and waits for the requests in flight, but not for event
 * streams, which have no end.
 */

import type { RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { withTimeLimit } from '../base/index.js'

const keepAliveMs = 65_000

function isEventStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type') ?? '').startsWith('text/event-stream')
}

/** Creates a server with this listener. */
export function createGracefulServer(answer: RequestListener) {
  const open = new Set<ServerResponse>()
  let retired = false

  const server = createServer((request, response) => {
    open.add(response)
    response.once('close', () => open.delete(response))
    if (retired) response.shouldKeepAlive = false
    answer(request, response)
  })
  // Longer than clients and proxies keep an idle connection, so that they close it.
  server.keepAliveTimeout = keepAliveMs
  server.headersTimeout = keepAliveMs + 1_000

  return {
    server,

    /** Keeps serving, and tells every client to open a new connection next time. */
    retire(): void {
      retired = true
      for (const response of open) response.shouldKeepAlive = false
    },

    /**
     * Stops listening, and resolves when the last response has been sent or after `limitMs`, to the number of
     * cut responses.
     */
    async end(limitMs: number): Promise<number> {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const response of open) if (isEventStream(response)) response.destroy()
      await withTimeLimit(ended, limitMs, undefined)
      const cut = open.size
      server.closeAllConnections()
      return cut
    },
  }
}
