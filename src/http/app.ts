/**
 * The application: routes, page and development inbox, behind one check of the origin.
 *
 * Invariants: (1) a state-changing request comes from our own origin, or does nothing; (2) nothing is cached; (3) in
 * production there is neither page nor inbox.
 */

import { Hono } from 'hono'
import { AuthError } from '../base/index.js'
import { createCookieJar } from './cookies.js'
import type { Engine, Place } from './thin-engine.js'
import { inboxPage, page, script, style } from './page.js'
import { toProblem } from './problem.js'
import { createRoutes } from './routes.js'

const safeMethods = new Set(['GET', 'HEAD'])
const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

/** The application of one engine, as a function of a web-standard request. */
export function createApp(engine: Engine, place: Place): (request: Request) => Promise<Response> {
  const { baseUrl, basePath, development, newId } = place
  const app = new Hono()
  const jar = createCookieJar(baseUrl.startsWith('https:'), newId)
  const own = new URL(baseUrl).origin

  function isOwn(headers: Headers): boolean {
    const origin = headers.get('origin')
    return origin === null ? headers.get('sec-fetch-site') === 'same-origin' : origin === own
  }

  app.use(async (c, next) => {
    if (!safeMethods.has(c.req.method) && !isOwn(c.req.raw.headers)) throw new AuthError('forbidden_origin')
    await next()
    c.header('Cache-Control', 'no-store')
    c.header('X-Content-Type-Options', 'nosniff')
    c.header('Referrer-Policy', 'no-referrer')
    c.header('Content-Security-Policy', policy)
  })

  app.get(`${basePath}/health`, (c) => c.json({ status: 'ok' }))
  app.get(`${basePath}/ready`, async (c) => {
    const { status } = await engine.health()
    return c.json({ status }, status === 'ok' ? 200 : 503)
  })
  app.route(basePath, createRoutes(engine.accounts, jar))

  if (development) {
    app.get('/', (c) => c.html(page(basePath)))
    // A link from a message opens the page, which asks before it consumes anything.
    for (const name of ['verification', 'magic-link', 'recovery']) {
      app.get(`${basePath}/${name}/callback`, (c) => c.html(page(basePath)))
    }
    app.get('/page.js', (c) => c.body(script, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }))
    app.get('/page.css', (c) => c.body(style, 200, { 'Content-Type': 'text/css; charset=utf-8' }))
    app.get('/dev/inbox', async (c) => {
      await engine.outbox.drain()
      return c.html(inboxPage(engine.inbox?.all() ?? []))
    })
    app.get('/dev/inbox.json', async (c) => {
      await engine.outbox.drain()
      return c.json({ messages: [...(engine.inbox?.all() ?? [])].reverse() })
    })
  }

  app.notFound(() => toProblem(new AuthError('not_found'), newId()))
  app.onError((error) => toProblem(error, newId()))
  return async (request) => app.fetch(request)
}
