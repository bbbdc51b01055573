/**
 * The application: every route of the table behind the same judgment, in the same order.
 *
 * Invariants: (1) the origin is judged before the session, the session before the body, the body before the handler;
 * (2) nothing is cached unless a route says so; (3) a fault tells nothing but that it happened; (4) what a host's
 * handler answers keeps the cookies of the engine.
 */

import { Hono } from 'hono'
import type { Context } from 'hono'
import { AuthError } from '../base/index.js'
import { readBody } from './body.js'
import type { Body } from './body.js'
import { createClientAddress } from './client-address.js'
import { createCookies } from './cookies.js'
import type { Engine } from './engine.js'
import { createExchange, isFresh } from './exchange.js'
import type { Exchange, Scope } from './exchange.js'
import { formTokenField, isFormToken } from './form-token.js'
import { parseInput } from './input.js'
import { createOrigins } from './origin.js'
import { toProblem, toRefusal, withoutReason } from './problem.js'
import type { HtmlFace, Outcome, RouteDefinition } from './route.js'
import { createSessionLane } from './session-lane.js'

/** What is known of the connection that a request came on. */
export interface Peer {
  /** The address of the socket's other end. Without it, and without `trustedProxies`, all clients share one budget. */
  readonly address?: string | null | undefined
}

/** The application of one engine. */
export interface Http {
  fetch(request: Request, peer?: Peer): Promise<Response>
  /** Who asks, for the host's own routes. Extends the session when that is due. */
  scope(request: Request): Promise<Scope | null>
}

/** What the application is made of. */
export interface HttpParts {
  readonly engine: Engine
  readonly routes: readonly RouteDefinition[]
  /** How forms and pages are answered; without it everything is JSON. */
  readonly html: HtmlFace | null
}

interface Variables {
  Variables: { requestId: string }
  Bindings: { peer: Peer | undefined }
}

function headersFor(c: Context): void {
  c.header('X-Content-Type-Options', 'nosniff')
  // Without a referrer browsers name no origin with a form either, so pages set a policy of their own.
  if (!c.res.headers.has('Referrer-Policy')) c.header('Referrer-Policy', 'no-referrer')
  c.header('X-Request-Id', c.get('requestId') as string)
  if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store')
}

function toResponse(outcome: Outcome): Response {
  switch (outcome.status) {
    case 'complete':
      return outcome.response
    case 204:
      return new Response(null, { status: 204 })
    case 303:
      return new Response(null, { status: 303, headers: { Location: outcome.location } })
    default:
      return Response.json(outcome.body, { status: outcome.status })
  }
}

function withCookies(response: Response, exchange: Exchange): Response {
  const lines = [...exchange.setCookies]
  if (lines.length === 0) return response
  const headers = new Headers(response.headers)
  for (const line of lines) headers.append('Set-Cookie', line)
  return new Response(response.body, { status: response.status, headers })
}

/** Whether a page is asked for: by a form, or by a browser that goes somewhere. */
function wantsHtml(request: Request): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return /^application\/x-www-form-urlencoded\b/i.test(request.headers.get('content-type') ?? '')
  return (request.headers.get('accept') ?? '').includes('text/html')
}

function queryOf(request: Request): Body {
  const fields: Record<string, unknown> = {}
  const { searchParams } = new URL(request.url)
  for (const name of new Set(searchParams.keys())) {
    const values = searchParams.getAll(name)
    Object.defineProperty(fields, name, {
      value: values.length === 1 ? values[0] : values,
      enumerable: true,
    })
  }
  return { fields, isForm: false }
}

/** Builds the application. */
export function createHttp({ engine, routes, html }: HttpParts): Http {
  const { settings, logger, keys } = engine
  const { basePath, handler } = settings
  const native = settings.tokenTransport === 'bearer'
  const cookies = createCookies(settings.baseUrl.startsWith('https:'))
  const origins = createOrigins({ ...settings, native })
  const addressOf = createClientAddress(settings)
  const lane = createSessionLane({ engine, cookies, native })
  const app = new Hono<Variables>()

  async function judgeAccess(exchange: Exchange, { access }: RouteDefinition): Promise<void> {
    if (access === 'public') return
    const { session } = await exchange.requireScope()
    if (access === 'fresh' && !isFresh(engine, session)) {
      const methods = engine.strategies.map(({ id }) => id)
      throw new AuthError('assurance_required', { reason: 'session_not_fresh', methods })
    }
  }

  async function readInput(
    exchange: Exchange,
    route: RouteDefinition,
    seen: { body: Body },
  ): Promise<unknown> {
    const { request } = exchange
    const changes = route.method !== 'GET'
    seen.body = changes ? await readBody(request) : queryOf(request)
    const { fields, isForm } = seen.body
    if (changes && isForm && !isFormToken(keys, exchange.knownFlow(), fields[formTokenField])) {
      throw new AuthError('forbidden_origin', { reason: 'form_token' })
    }
    if (route.input === undefined) return undefined
    return parseInput(route.input, isForm && html !== null ? html.read(fields) : fields)
  }

  /** The pages, where a person looks at what comes: not for data that a browser happens to open. */
  function faceOf({ wantsHtml }: Exchange, { method, hidden, action }: RouteDefinition): HtmlFace | null {
    return wantsHtml && (method !== 'GET' || hidden === true || action !== undefined) ? html : null
  }

  async function succeed(
    exchange: Exchange,
    route: RouteDefinition,
    result: { input: unknown; outcome: Outcome },
  ) {
    if (route.action !== undefined && handler.onSuccess !== undefined) {
      const scope = await exchange.scope()
      const replaced = await handler.onSuccess(route.action, scope, exchange.context)
      if (replaced !== undefined) return replaced
    }
    const { outcome } = result
    const face = outcome.status === 'complete' ? null : faceOf(exchange, route)
    return face === null ? toResponse(outcome) : face.answer(exchange, route, result)
  }

  async function refuse(
    exchange: Exchange,
    route: RouteDefinition,
    result: { body: Body; error: AuthError },
  ) {
    const { error, body } = result
    const told = withoutReason(error)
    if (route.action !== undefined && handler.onFailure !== undefined) {
      const replaced = await handler.onFailure(route.action, told, exchange.context)
      if (replaced !== undefined) return replaced
    }
    const face = faceOf(exchange, route)
    if (face === null) return toProblem(told, exchange.requestId)
    return face.refuse(exchange, route, { input: body.fields, error: told })
  }

  function begin(c: Context<Variables>): Exchange {
    const request = c.req.raw
    const client = addressOf(request.headers, c.env.peer?.address ?? null)
    return createExchange({ engine, cookies, context: c, client, wantsHtml: wantsHtml(request) })
  }

  async function serve(route: RouteDefinition, c: Context<Variables>): Promise<Response> {
    const exchange = begin(c)
    const { request } = exchange
    const seen: { body: Body } = { body: { fields: {}, isForm: false } }
    const start = engine.now()
    let response: Response
    let error: AuthError | undefined
    try {
      if (route.method !== 'GET' && !origins.mayChange(request.headers))
        throw new AuthError('forbidden_origin')
      await judgeAccess(exchange, route)
      const input = await readInput(exchange, route, seen)
      const outcome = await route.handle(exchange, input)
      response = await succeed(exchange, route, { input, outcome })
    } catch (thrown) {
      error = toRefusal(thrown)
      response = await refuse(exchange, route, { body: seen.body, error })
    }
    report(exchange, route, { status: response.status, ms: engine.now() - start, error })
    return withCookies(response, exchange)
  }

  function report(
    { requestId }: Exchange,
    { id, method }: RouteDefinition,
    result: { readonly status: number; readonly ms: number; readonly error: AuthError | undefined },
  ): void {
    const { status, ms, error } = result
    const fields = { requestId, route: id, method, status, ms }
    if (error === undefined) logger.debug(fields, 'request')
    else if (status >= 500) {
      const cause = error.cause instanceof Error ? error.cause.message : undefined
      logger.error({ ...fields, code: error.code, reason: error.reason, cause }, 'request failed')
    } else logger.info({ ...fields, code: error.code, reason: error.reason }, 'request refused')
  }

  app.use(async (c, next) => {
    c.set('requestId', keys.newId())
    await next()
    headersFor(c)
    const origin = origins.sharedWith(c.req.raw.headers)
    if (origin !== null) {
      c.header('Access-Control-Allow-Origin', origin)
      c.header('Access-Control-Allow-Credentials', 'true')
      c.header('Vary', 'Origin', { append: true })
    }
  })
  for (const route of routes) app.on(route.method, basePath + route.path, (c) => serve(route, c))
  if (settings.allowedOrigins.length > 0) {
    app.options(`${basePath}/*`, (c) => {
      if (origins.sharedWith(c.req.raw.headers) === null)
        return toProblem(new AuthError('forbidden_origin'), c.get('requestId'))
      c.header('Access-Control-Allow-Methods', 'GET, POST, PUT, PATCH, DELETE')
      c.header('Access-Control-Allow-Headers', 'Content-Type, Authorization, Latchkey-Flow')
      c.header('Access-Control-Max-Age', '600')
      return c.body(null, 204)
    })
  }
  const strategyPath = new RegExp(`^${basePath}/[a-z0-9-]+/(?:request|callback)$`)
  app.notFound(async (c: Context<Variables>) => {
    const error = new AuthError(strategyPath.test(c.req.path) ? 'strategy_disabled' : 'not_found')
    if (html === null || c.req.method !== 'GET' || !wantsHtml(c.req.raw))
      return toProblem(error, c.get('requestId'))
    const exchange = begin(c)
    return withCookies(await html.refuse(exchange, null, { input: {}, error }), exchange)
  })
  app.onError((thrown, c) => {
    const error = toRefusal(thrown)
    logger.error({ requestId: c.get('requestId'), code: error.code, cause: thrown.message }, 'request failed')
    return toProblem(withoutReason(error), c.get('requestId'))
  })

  return {
    fetch: (request, peer) => lane.serve(request) ?? Promise.resolve(app.fetch(request, { peer })),
    scope: (request) => lane.scope(request),
  }
}
