/** `latchkey serve`: the engine behind HTTP until a signal ends it. */

import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { isProduction } from '../base/index.js'
import { openAuth } from '../auth.js'
import type { AuthOptions } from '../options.js'
import { createApp } from '../http/index.js'
import type { Output } from './output.js'

/** Where to listen. Port 0 takes a free one. */
export interface ServeSwitches {
  readonly port: number
  readonly host: string
}

async function listen(fetch: (request: Request) => Promise<Response>, { port, host }: ServeSwitches) {
  const { serve } = await import('@hono/node-server')
  return new Promise<ReturnType<typeof serve>>((resolve, reject) => {
    const server = serve({ fetch, port, hostname: host }, () => resolve(server))
    server.once('error', reject)
  })
}

/** Serves until SIGINT or SIGTERM, then ends what is in flight and closes everything. */
export async function serveUntilSignal(
  options: AuthOptions,
  switches: ServeSwitches,
  output: Output,
): Promise<void> {
  const holder: { fetch: ((request: Request) => Promise<Response>) | null } = { fetch: null }
  const starting = (): Promise<Response> => Promise.resolve(new Response(null, { status: 503 }))
  const server = await listen((request) => (holder.fetch ?? starting)(request), switches)
  const { port } = server.address() as AddressInfo
  // In production the origin is configured or refused, never guessed.
  const guessed = isProduction() ? undefined : `http://localhost:${port}`
  const auth = await openAuth({ ...options, baseUrl: options.baseUrl ?? guessed }).catch((error: unknown) => {
    server.close()
    throw error
  })
  const baseUrl = options.baseUrl ?? `http://localhost:${port}`
  holder.fetch = createApp(auth, {
    baseUrl,
    basePath: options.basePath ?? '/auth',
    development: !isProduction(),
    newId: randomUUID,
  })
  const inbox = auth.inbox === null ? [] : [`Development inbox: ${baseUrl}/dev/inbox`]
  output.result({ url: baseUrl, port }, [`Latchkey is listening on ${baseUrl}`, ...inbox])

  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  output.progress('closing')
  await new Promise((resolve) => {
    server.close(resolve)
    if ('closeIdleConnections' in server) server.closeIdleConnections()
  })
  await auth.close()
}
