/** `latchkey serve`: the engine behind HTTP until a signal ends it. */

import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { Answering } from '../adapters/node.js'
import { isProduction } from '../base/index.js'
import { openAuth } from '../auth.js'
import type { AuthOptions } from '../options.js'
import type { Output } from './output.js'

/** Where to listen. Port 0 takes a free one. */
export interface ServeSwitches {
  readonly port: number
  readonly host: string
}

/** How long answers under way may take once the server is told to end. */
const graceMs = 3_000
const keepAliveMs = 65_000

async function listen(answering: Answering, { port, host }: ServeSwitches): Promise<Server> {
  const { toNodeHandler } = await import('../adapters/node.js')
  const answer = toNodeHandler(answering)
  return new Promise((resolve, reject) => {
    const server = createServer((request, response) => void answer(request, response))
    // Longer than the clients and proxies before us keep a silent connection, so that it is theirs to close.
    server.keepAliveTimeout = keepAliveMs
    server.headersTimeout = keepAliveMs + 1_000
    server.listen(port, host, () => resolve(server))
    server.once('error', reject)
  })
}

/** What stands at `/`: in development the page on which everything begins, in production the account. */
function withFront(auth: Answering, basePath: string): Answering {
  const front = isProduction()
    ? (): Promise<Response> =>
        Promise.resolve(new Response(null, { status: 303, headers: { Location: `${basePath}/account` } }))
    : ({ url, headers }: Request, peer: Parameters<Answering['fetch']>[1]) =>
        auth.fetch(new Request(new URL(`${basePath}/dev`, url), { headers }), peer)
  return {
    fetch(request, peer) {
      const isFront = request.method === 'GET' && new URL(request.url).pathname === '/'
      return isFront ? front(request, peer) : auth.fetch(request, peer)
    },
  }
}

/** Serves until SIGINT or SIGTERM, then ends what is in flight and closes everything. */
export async function serveUntilSignal(
  options: AuthOptions,
  switches: ServeSwitches,
  output: Output,
): Promise<void> {
  const holder: { answering: Answering } = {
    answering: { fetch: () => Promise.resolve(new Response(null, { status: 503 })) },
  }
  const server = await listen({ fetch: (request, peer) => holder.answering.fetch(request, peer) }, switches)
  const { port } = server.address() as AddressInfo
  // In production the origin is configured or refused, never guessed.
  const guessed = isProduction() ? undefined : `http://localhost:${port}`
  const auth = await openAuth({ ...options, baseUrl: options.baseUrl ?? guessed }).catch((error: unknown) => {
    server.close()
    throw error
  })
  const baseUrl = options.baseUrl ?? `http://localhost:${port}`
  const basePath = options.basePath ?? '/auth'
  holder.answering = withFront(auth, basePath)
  const inbox = auth.inbox === null ? [] : [`Development inbox: ${baseUrl}${basePath}/dev/inbox`]
  output.result({ url: baseUrl, port }, [`Latchkey is listening on ${baseUrl}`, ...inbox])

  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  output.progress('closing')
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeIdleConnections()
    // Pages that listen for their sign-out hold a connection for as long as they are open.
    setTimeout(() => server.closeAllConnections(), graceMs).unref()
  })
  await auth.close()
}
