/**
 * The HTTP application: every route of the table behind the same checks, in the same order.
 *
 * Invariants: (1) the origin is checked before the session, the session before the body, the body before the
 * handler; (2) nothing is cached unless a route says so; (3) an internal error reveals no details; (4) a
 * response of the host's handler keeps Latchkey's cookies.
 */

import { Hono } from 'hono'
import type { Context } from 'hono'
import { AuthError, invalidField } from '../base/index.js'
import { signedInSchema } from '../contract/index.js'
import { readBody } from './body.js'
import type { Body } from './body.js'
import { createClientAddress } from './client-address.js'
import { createCookies } from './cookies.js'
import type { Engine } from './engine.js'
import { createRequestContext } from './request-context.js'
import type { RequestContext } from './request-context.js'
import { formTokenField, isFormToken, shownLinkField, showedLink } from './form-token.js'
import { createGuard, requireFresh } from './guard.js'
import type { GuardOptions } from './guard.js'
import { parseInput } from './input.js'
import { createLocality } from './locality.js'
import { createOrigins } from './origin.js'
import { protectionOf } from './security-headers.js'
import { toProblem, toRefusal, withoutReason } from './problem.js'
import { createRefusalRecord } from './refusals.js'
import { createReporter } from './report.js'
import type { HtmlResponses, Outcome, RouteDefinition } from './route.js'
import type { Scope } from './scope.js'
import { createSessionEndpoint, addAnswerHeaders } from './session-endpoint.js'
import { tollField, tollHeader } from './toll.js'
import type { Served } from '../telemetry/index.js'

/** The connection that a request came on. */
export interface Peer {
  /**
   * The remote address of the socket. Without it, and without `trustedProxies`, all clients share one limit.
   */
  readonly address?: string | null | undefined
}

/** The application of one `Auth`. */
export interface Http {
  fetch(request: Request, peer?: Peer): Promise<Response>
  /** The user and session of a request, for the host's own routes. Extends the session when that is due. */
  scope(request: Request): Promise<Scope | null>
  /** Like `scope`, but throws. @throws AuthError `session_required`, `assurance_required` */
  requireScope(request: Request, options?: GuardOptions): Promise<Scope>
  /** The problem document for an error of a host's route. */
  problem(thrown: unknown): Response
}

/** The parts of the application. */
export interface HttpParts {
  readonly engine: Engine
  readonly routes: readonly RouteDefinition[]
  /** Answers forms and pages; without it every response is JSON. */
  readonly html: HtmlResponses | null
}

interface Variables {
  Variables: { requestId: string }
  Bindings: { peer: Peer | undefined }
}

function headersFor(c: Context, protection: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(protection)) {
    if (!c.res.headers.has(name)) c.header(name, value)
  }
  if (c.res.headers.get('Content-Type')?.startsWith('text/html') === true)
    c.header('Cross-Origin-Opener-Policy', 'same-origin')
  // With `no-referrer`, browsers also omit the origin of form posts, so pages set their own policy.
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

function withCookies(response: Response, context: RequestContext): Response {
  const lines = [...context.setCookies]
  if (lines.length === 0) return response
  const headers = new Headers(response.headers)
  for (const line of lines) headers.append('Set-Cookie', line)
  return new Response(response.body, { status: response.status, headers })
}

/** Whether the response should be a page: for a form, or for a browser that navigates. */
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

/** Creates the application. */
export function createHttp({ engine, routes, html }: HttpParts): Http {
  const { settings, telemetry, keys } = engine
  const { basePath, handler } = settings
  const native = settings.tokenTransport === 'bearer'
  const overHttps = settings.baseUrl.startsWith('https:')
  const protection = protectionOf(overHttps)
  const cookies = createCookies(overHttps)
  const origins = createOrigins({ ...settings, native })
  const addressOf = createClientAddress(settings)
  const isLocal = createLocality(settings)
  const reporter = createReporter(engine)
  const recordRefusal = createRefusalRecord(engine)
  const sessionEndpoint = createSessionEndpoint({ engine, cookies, native, reporter })
  const app = new Hono<Variables>()

  async function judgeAccess(context: RequestContext, { access }: RouteDefinition): Promise<void> {
    if (access === 'public') return
    const { session } = await context.requireScope()
    if (access === 'fresh') requireFresh(engine, session)
  }

  // Another tab may have opened another link meanwhile. A button redeems only the link that its own page
  // showed.
  function requireShownLink(
    { browserState }: RequestContext,
    fields: Readonly<Record<string, unknown>>,
  ): void {
    const { link } = browserState.read()
    if (link === undefined || fields['token'] !== undefined || fields['code'] !== undefined) return
    if (!showedLink(keys, link.token, fields[shownLinkField])) throw invalidField('link', 'mismatch')
  }

  async function readInput(
    context: RequestContext,
    route: RouteDefinition,
    seen: { body: Body },
  ): Promise<unknown> {
    const { request } = context
    const changes = route.method !== 'GET'
    seen.body = changes ? await readBody(request) : queryOf(request)
    const { fields, isForm } = seen.body
    if (isForm) context.present(fields[tollField])
    if (changes && isForm && !isFormToken(keys, context.browserNames(), fields[formTokenField])) {
      throw new AuthError('forbidden_origin', { reason: 'form_token' })
    }
    if (changes && isForm && route.redeemsLink === true) requireShownLink(context, fields)
    if (route.input === undefined) return undefined
    return parseInput(route.input, isForm && html !== null ? html.read(fields) : fields)
  }

  /** The pages, if a person will see the response; not for data that a browser happens to open. */
  function faceOf(
    { wantsHtml }: RequestContext,
    { method, hidden, action }: RouteDefinition,
  ): HtmlResponses | null {
    return wantsHtml && (method !== 'GET' || hidden === true || action !== undefined) ? html : null
  }

  async function succeed(
    context: RequestContext,
    route: RouteDefinition,
    result: { input: unknown; outcome: Outcome },
  ) {
    if (route.action !== undefined && handler.onSuccess !== undefined) {
      const scope = await context.scope()
      const replaced = await handler.onSuccess(route.action, scope, context.hono)
      if (replaced !== undefined) return replaced
    }
    const { outcome } = result
    const face = outcome.status === 'complete' ? null : faceOf(context, route)
    return face === null ? toResponse(outcome) : face.answer(context, route, result)
  }

  async function refuse(
    context: RequestContext,
    route: RouteDefinition,
    result: { body: Body; error: AuthError },
  ) {
    const { error, body } = result
    const told = withoutReason(error)
    if (route.action !== undefined && handler.onFailure !== undefined) {
      const replaced = await handler.onFailure(route.action, told, context.hono)
      if (replaced !== undefined) return replaced
    }
    const face = faceOf(context, route)
    if (face === null) return toProblem(told, context.requestId)
    return face.refuse(context, route, { input: body.fields, error: told })
  }

  function begin(c: Context<Variables>): RequestContext {
    const request = c.req.raw
    const client = addressOf(request.headers, c.env.peer?.address ?? null)
    return createRequestContext({ engine, cookies, hono: c, client, wantsHtml: wantsHtml(request) })
  }

  async function answer(route: RouteDefinition, c: Context<Variables>): Promise<Served> {
    const context = begin(c)
    const { request } = context
    const seen: { body: Body } = { body: { fields: {}, isForm: false } }
    try {
      if (route.local === true && !isLocal(request, c.env.peer?.address ?? null))
        throw new AuthError('not_found', { reason: 'development_is_for_this_machine' })
      if (route.method !== 'GET' && !origins.mayChange(request.headers))
        throw new AuthError('forbidden_origin')
      await judgeAccess(context, route)
      const input = await readInput(context, route, seen)
      const outcome = await route.handle(context, input)
      const response = await succeed(context, route, { input, outcome })
      if (outcome.status === 200) countSignIn(route, 'success')
      return { response: withCookies(response, context) }
    } catch (thrown) {
      const error = toRefusal(thrown)
      await recordRefusal(error, context)
      const response = await refuse(context, route, { body: seen.body, error })
      countSignIn(route, error.code)
      return { response: withCookies(response, context), error }
    }
  }

  // A route that only sends or approves a secret signs nobody in.
  function countSignIn({ action, answers }: RouteDefinition, outcome: string): void {
    if (action !== undefined && answers[200]?.schema === signedInSchema)
      telemetry.signIn(action.strategy, outcome)
  }

  // For requests that match no route, or that failed outside of one.
  function refuseAt(c: Context<Variables>, error: AuthError): Promise<Response> {
    const requestId = c.get('requestId')
    return reporter.answer({ requestId, route: null, method: c.req.method }, async () => {
      const told = withoutReason(error)
      if (html === null || c.req.method !== 'GET' || !wantsHtml(c.req.raw))
        return { response: toProblem(told, requestId), error }
      const context = begin(c)
      const page = await html.refuse(context, null, { input: {}, error: told })
      return { response: withCookies(page, context), error }
    })
  }

  app.use(async (c, next) => {
    c.set('requestId', keys.newId())
    await next()
    headersFor(c, protection)
    const origin = origins.sharedWith(c.req.raw.headers)
    if (origin !== null) {
      c.header('Access-Control-Allow-Origin', origin)
      c.header('Access-Control-Allow-Credentials', 'true')
      c.header('Access-Control-Expose-Headers', 'Retry-After, X-Request-Id')
      c.header('Vary', 'Origin', { append: true })
    }
  })
  for (const route of routes) {
    app.on(route.method, basePath + route.path, (c) => {
      const request = { requestId: c.get('requestId'), route: route.id, method: c.req.method }
      return reporter.answer(request, () => answer(route, c))
    })
  }
  if (settings.allowedOrigins.length > 0) {
    app.options(`${basePath}/*`, (c) => {
      if (origins.sharedWith(c.req.raw.headers) === null)
        return toProblem(new AuthError('forbidden_origin'), c.get('requestId'))
      c.header('Access-Control-Allow-Methods', 'GET, POST, PUT, PATCH, DELETE')
      c.header('Access-Control-Allow-Headers', `Content-Type, Authorization, Latchkey-Flow, ${tollHeader}`)
      c.header('Access-Control-Max-Age', '600')
      return c.body(null, 204)
    })
  }
  const strategyPath = new RegExp(`^${basePath}/[a-z0-9-]+/(?:request|callback)$`)
  app.notFound((c) => {
    const code = strategyPath.test(c.req.path) ? 'strategy_disabled' : 'not_found'
    return refuseAt(c, new AuthError(code))
  })
  app.onError((thrown, c) => refuseAt(c, toRefusal(thrown)))

  return {
    fetch: (request, peer) => sessionEndpoint.serve(request) ?? Promise.resolve(app.fetch(request, { peer })),
    scope: (request) => sessionEndpoint.scope(request),
    requireScope: createGuard(engine, (request) => sessionEndpoint.scope(request)),
    problem(thrown) {
      const requestId = keys.newId()
      return addAnswerHeaders(toProblem(withoutReason(toRefusal(thrown)), requestId), requestId, overHttps)
    },
  }
}
