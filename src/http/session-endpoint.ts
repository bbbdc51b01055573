/**
 * Answers `GET /session`, the route that an application may call with every request of its own. It does the
 * same as the route in the table, but creates no request context.
 *
 * Invariants: (1) its responses are those of the table, byte for byte; (2) a session check runs one
 * statement, and a second one if the session needs to be extended.
 */

import { performance } from 'node:perf_hooks'
import { AuthError } from '../base/index.js'
import { createResponseBatching } from './response-batching.js'
import type { Cookies } from './cookies.js'
import type { Engine } from './engine.js'
import { answerPolicy, strictTransport } from './security-headers.js'
import { toProblem, toRefusal, withoutReason } from './problem.js'
import type { Reporter } from './report.js'
import type { Served } from '../telemetry/index.js'
import { findScope } from './session-lookup.js'
import type { Scope } from './scope.js'
import { scopeText } from './scope-text.js'
import { readSessionToken } from './session-token.js'

/** The parts of the endpoint. */
export interface SessionEndpointParts {
  readonly engine: Engine
  readonly cookies: Cookies
  readonly native: boolean
  readonly reporter: Reporter
}

// Written out because an object literal is created much faster than a copy.
function headersOf(type: string, requestId: string, overHttps: boolean): Record<string, string> {
  const headers: Record<string, string> = {
    'Content-Type': type,
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': answerPolicy,
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    'X-Request-Id': requestId,
  }
  if (overHttps) headers['Strict-Transport-Security'] = strictTransport
  return headers
}

/** Adds the headers that the table's responses have to a problem document. */
export function addAnswerHeaders(problem: Response, requestId: string, overHttps: boolean): Response {
  for (const [name, value] of Object.entries(headersOf('application/problem+json', requestId, overHttps)))
    problem.headers.set(name, value)
  return problem
}

// Whether an absolute URL has this path; the query is ignored.
function isPath(url: string, path: string): boolean {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  if (start === -1 || !url.startsWith(path, start)) return false
  const end = start + path.length
  return end === url.length || url.charCodeAt(end) === 63
}

/** Creates the endpoint of one `Auth`. */
export function createSessionEndpoint({ engine, cookies, native, reporter }: SessionEndpointParts) {
  const { settings, keys } = engine
  const path = `${settings.basePath}/session`
  const overHttps = settings.baseUrl.startsWith('https:')
  const nextBatch = createResponseBatching(() => performance.now())
  const isOpen = settings.allowedOrigins.length === 0

  const scope = (request: Request): Promise<Scope | null> =>
    findScope(engine, readSessionToken(request.headers, cookies, native))

  async function look(request: Request, requestId: string): Promise<Served> {
    try {
      const found = await scope(request)
      const turn = nextBatch()
      if (turn !== undefined) await turn
      if (found !== null) {
        return {
          response: new Response(scopeText(found), {
            headers: headersOf('application/json', requestId, overHttps),
          }),
        }
      }
    } catch (thrown) {
      const error = toRefusal(thrown)
      return {
        response: addAnswerHeaders(toProblem(withoutReason(error), requestId), requestId, overHttps),
        error,
      }
    }
    const error = new AuthError('session_required')
    const response = addAnswerHeaders(toProblem(error, requestId), requestId, overHttps)
    if (cookies.session.isIn(request.headers.get('cookie')))
      response.headers.append('Set-Cookie', cookies.session.clear())
    return { response, error }
  }

  function answer(request: Request): Promise<Response> {
    const requestId = keys.newId()
    return reporter.answer({ requestId, route: 'session.get', method: 'GET' }, () => look(request, requestId))
  }

  return {
    scope,
    /** The response, or null if the request is for another route. */
    serve(request: Request): Promise<Response> | null {
      return isOpen && request.method === 'GET' && isPath(request.url, path) ? answer(request) : null
    },
  }
}
