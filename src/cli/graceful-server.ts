/**
 * A server of `node:http` that ends without cutting an answer short.
 *
 * Invariants: (1) from `retire` on every answer says `Connection: close`, so that clients go elsewhere by themselves;
 * (2) `end` takes no new connection and waits for the requests in flight, though not for event streams, which have no end.
 */

import type { RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { withTimeLimit } from '../base/index.js'

const keepAliveMs = 65_000

function isEventStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type') ?? '').startsWith('text/event-stream')
}

/** Makes a server over this listener. */
export function createGracefulServer(answer: RequestListener) {
  const open = new Set<ServerResponse>()
  let retired = false

  const server = createServer((request, response) => {
    open.add(response)
    response.once('close', () => open.delete(response))
    if (retired) response.shouldKeepAlive = false
    answer(request, response)
  })
  // Longer than the clients and proxies before us keep a silent connection, so that it is theirs to close.
  server.keepAliveTimeout = keepAliveMs
  server.headersTimeout = keepAliveMs + 1_000

  return {
    server,

    /** Goes on serving, and asks every client to connect elsewhere next time. */
    retire(): void {
      retired = true
      for (const response of open) response.shouldKeepAlive = false
    },

    /** Listens no more, and resolves when the last answer has left, or after `limitMs`. How many answers were cut. */
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
