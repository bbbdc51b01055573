/** A real Chromium, and a small server for documents, for the tests that look at pages. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const switches = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-gpu',
]

/** Opens the Chromium of the machine, with a fresh profile and no traffic of its own. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: switches })
}

/** A document, or a file that documents load. */
export interface Served {
  readonly type: string
  readonly body: string
  readonly policy?: string
}

/** Serves what `find` gives for a path, on a free port of this machine, until it is closed. */
export async function serveDocuments(find: (path: string) => Served | Promise<Served> | undefined) {
  const server = createServer((request, response) => {
    void (async () => {
      const found = await find(new URL(request.url ?? '/', 'http://localhost').pathname)
      response.statusCode = found === undefined ? 404 : 200
      response.setHeader('Content-Type', found?.type ?? 'text/plain')
      if (found?.policy !== undefined) response.setHeader('Content-Security-Policy', found.policy)
      response.end(found?.body ?? '')
    })()
  })
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
