/** `latchkey serve`: serves HTTP until a signal stops it. */

import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Answering } from '../adapters/node.js'
import { isProduction } from '../base/index.js'
import { openAuth } from '../auth/auth.js'
import type { AuthOptions } from '../auth/options.js'
import { readPlace } from '../auth/settings-place.js'
import { createGracefulServer } from './graceful-server.js'
import type { Output } from './output.js'

/** Where to listen, and how to stop. Port 0 picks a free one. */
export interface ServeSwitches {
  readonly port: number
  readonly host: string
  /**
   * How long to keep serving after SIGTERM, as not ready, until load balancers have noticed. Milliseconds.
   */
  readonly drainDelayMs: number
  /** How long stopping may take, from the signal to the exit of the process. Milliseconds. */
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

/** Resolves with the first signal to stop. A second one ends the process at once, as is the default. */
function endingSignal(): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((resolve) => {
    const heard = (signal: NodeJS.Signals): void => {
      process.off('SIGINT', heard).off('SIGTERM', heard)
      resolve(signal as 'SIGINT' | 'SIGTERM')
    }
    process.on('SIGINT', heard).on('SIGTERM', heard)
  })
}

/** Adds the response at `/`: in development the landing page, in production a redirect to the account. */
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
 * Serves until SIGINT or SIGTERM, and then stops in this order: not ready, no new connections, the requests
 * in flight, the worker, the pool. The process ends in any case after `shutdownTimeoutMs`.
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
  // In production the origin must be configured.
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
  // Whatever still keeps the process alive is abandoned.
  setTimeout(() => {
    output.progress('stopped by force: some work did not finish in time')
    process.exit(1)
  }, switches.shutdownTimeoutMs + forceAfterMs).unref()
  output.progress('shutting down')
  auth.retire()
  graceful.retire()
  // After Ctrl-C there is no load balancer to wait for.
  if (signal === 'SIGTERM') await pause(Math.min(switches.drainDelayMs, leftMs()))
  const cut = await graceful.end(leftMs())
  if (cut > 0) output.progress(`${cut} responses were cut off`)
  await auth.close({ timeoutMs: leftMs() })
}
