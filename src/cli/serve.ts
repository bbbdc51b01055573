/** `latchkey serve`: the engine behind HTTP until a signal ends it. */

import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Answering } from '../adapters/node.js'
import { isProduction } from '../base/index.js'
import { openAuth } from '../auth/auth.js'
import type { AuthOptions } from '../auth/options.js'
import { readPlace } from '../auth/settings-place.js'
import { createGracefulServer } from './graceful-server.js'
import type { Output } from './output.js'

/** Where to listen, and how to end. Port 0 takes a free one. */
export interface ServeSwitches {
  readonly port: number
  readonly host: string
  /** How long it goes on serving after SIGTERM, not ready any more, until balancers have noticed. Milliseconds. */
  readonly drainDelayMs: number
  /** How long ending may take, from the signal to the end of the process. Milliseconds. */
  readonly shutdownTimeoutMs: number
}

async function listen(answering: Answering, { port, host }: ServeSwitches) {
  const { toNodeHandler } = await import('../adapters/node.js')
  const answer = toNodeHandler(answering)
  const graceful = createGracefulServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve, reject) => {
    graceful.server.listen(port, host, resolve)
    graceful.server.once('error', reject)
  })
  return graceful
}

const forceAfterMs = 1_000

/** The first signal that asks the process to end. A second one ends it at once, as the platform does. */
function endingSignal(): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((resolve) => {
    const heard = (signal: NodeJS.Signals): void => {
      process.off('SIGINT', heard).off('SIGTERM', heard)
      resolve(signal as 'SIGINT' | 'SIGTERM')
    }
    process.on('SIGINT', heard).on('SIGTERM', heard)
  })
}

/** What stands at `/`: in development the page on which everything begins, in production the account. */
function withFront(auth: Answering, basePath: string, production: boolean): Answering {
  const front = production
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

/**
 * Serves until SIGINT or SIGTERM, and then ends in this order: not ready, no new connections, the requests in flight,
 * the worker, the pool. The process ends in any case once `shutdownTimeoutMs` have passed.
 */
export async function serveUntilSignal(
  options: AuthOptions,
  switches: ServeSwitches,
  output: Output,
): Promise<void> {
  const holder: { answering: Answering } = {
    answering: { fetch: () => Promise.resolve(new Response(null, { status: 503 })) },
  }
  const graceful = await listen({ fetch: (request, peer) => holder.answering.fetch(request, peer) }, switches)
  const { port } = graceful.server.address() as AddressInfo
  // In production the origin is configured or refused, never guessed.
  const guessed = isProduction() ? undefined : `http://localhost:${port}`
  const auth = await openAuth({ ...options, baseUrl: options.baseUrl ?? guessed }).catch((error: unknown) => {
    graceful.server.close()
    throw error
  })
  const baseUrl = options.baseUrl ?? `http://localhost:${port}`
  const basePath = options.basePath ?? '/auth'
  const { production } = readPlace({ ...options, baseUrl }, [])
  holder.answering = withFront(auth, basePath, production)
  const inbox = auth.inbox === null ? [] : [`Development inbox: ${baseUrl}${basePath}/dev/inbox`]
  output.result({ url: baseUrl, port }, [`Latchkey is listening on ${baseUrl}`, ...inbox])

  const signal = await endingSignal()
  const deadline = performance.now() + switches.shutdownTimeoutMs
  const leftMs = (): number => Math.max(0, deadline - performance.now())
  // Whatever keeps the process alive by then is not waited for.
  setTimeout(() => {
    output.progress('ended by force: something did not end in time')
    process.exit(1)
  }, switches.shutdownTimeoutMs + forceAfterMs).unref()
  output.progress('closing')
  auth.retire()
  graceful.retire()
  // Whoever presses Ctrl-C has no balancer that would have to notice.
  if (signal === 'SIGTERM') await pause(Math.min(switches.drainDelayMs, leftMs()))
  const cut = await graceful.end(leftMs())
  if (cut > 0) output.progress(`${cut} answers were cut short`)
  await auth.close({ timeoutMs: leftMs() })
}
