/** A real Chromium, and small servers for it, for the tests that look at pages. */

import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'
import { describe } from 'vitest'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = places.find((place) => existsSync(place))

const switches = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-gpu',
]

/** `describe`, skipped where the machine has no Chromium, and saying so. */
export const describeInBrowser = executablePath === undefined ? describe.skip.bind(null) : describe

if (executablePath === undefined) {
  process.stderr.write(
    `\nSKIPPED: there is no Chromium at ${places.join(', ')}; pages are not looked at.\n\n`,
  )
}

/** Opens the Chromium of the machine, with a fresh profile and no traffic of its own. */
export function openBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('There is no Chromium on this machine.')
  return chromium.launch({ executablePath, args: switches })
}

/** A running server of this machine. */
export interface Running {
  readonly url: string
  close(): Promise<void>
}

/** Serves on a free port of this machine until it is closed. */
export async function serveRequests(listener: RequestListener): Promise<Running> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A document, or a file that documents load. */
export interface Served {
  readonly type: string
  readonly body: string
  readonly policy?: string
}

/** Serves what `find` gives for a path. */
export function serveDocuments(find: (path: string) => Served | Promise<Served>): Promise<Running> {
  return serveRequests((request, response) => {
    void (async () => {
      const { type, policy, body } = await find(new URL(request.url ?? '/', 'http://localhost').pathname)
      response.setHeader('Content-Type', type)
      if (policy !== undefined) response.setHeader('Content-Security-Policy', policy)
      response.end(body)
    })()
  })
}
