/** The page and the inbox of development, before the engine's own routes. */

import type { Auth } from '../auth.js'
import { inboxPage, page, script, style } from './page.js'

const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

function reply(body: unknown, type: string): Response {
  const headers = { 'Content-Type': type, 'Cache-Control': 'no-store', 'Content-Security-Policy': policy }
  return new Response(String(body), { headers })
}

/** Answers the paths of development, or nothing. */
export function createDevelopmentPages(auth: Auth, basePath: string) {
  return async (request: Request): Promise<Response | null> => {
    if (request.method !== 'GET') return null
    const { pathname } = new URL(request.url)
    if (pathname.startsWith('/dev/')) await auth.outbox.drain()
    const messages = auth.inbox?.all() ?? []
    switch (pathname) {
      case '/':
      case `${basePath}/confirm`:
        return reply(await page(basePath), 'text/html; charset=utf-8')
      case '/page.js':
        return reply(script, 'text/javascript; charset=utf-8')
      case '/page.css':
        return reply(style, 'text/css; charset=utf-8')
      case '/dev/inbox':
        return reply(await inboxPage(messages), 'text/html; charset=utf-8')
      case '/dev/inbox.json':
        return reply(JSON.stringify({ messages: [...messages].reverse() }), 'application/json')
      default:
        return null
    }
  }
}
