/** Every answer against the contract: the shape of its route, or a problem document. */

import { expect } from 'vitest'
import { apiRoutes } from '../../src/api/index.js'
import { problemSchema } from '../../src/contract/index.js'
import type { Problem } from '../../src/contract/index.js'
import { features } from '../../src/features/index.js'
import type { RouteDefinition } from '../../src/http/index.js'
import { statuses } from '../../src/http/index.js'
import { emailOtp, magicLink, password, smsOtp, whatsapp } from '../../src/strategies/index.js'

const base = '/auth'
const strategies = [password(), magicLink(), emailOtp(), smsOtp(), whatsapp()]
const place = { baseUrl: 'http://localhost:3000', basePath: base, tokenTransport: 'cookie' } as const

const webs = await Promise.all(features.flatMap(({ web }) => web?.() ?? []))

/** The routes of every strategy and every feature that ship. */
const contractRoutes: readonly RouteDefinition[] = apiRoutes(strategies, place, webs)

/** The route that serves this path below the base path, or null. */
export function routeOf(method: string, path: string): RouteDefinition | null {
  const asked = method === 'HEAD' ? 'GET' : method
  return (
    contractRoutes.find(
      (route) =>
        route.method === asked && new RegExp(`^${route.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(path),
    ) ?? null
  )
}

/** An answer that was read. */
export interface ReadAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Holds a refusal against the form of problem documents. Returns it. */
export function expectProblem({ status, headers, text }: ReadAnswer): Problem {
  expect(headers.get('content-type')).toBe('application/problem+json')
  const json: unknown = JSON.parse(text)
  const problem = problemSchema.parse(json)
  // What the shape does not know was left out by `parse`, and would differ.
  expect(problem).toEqual(json)
  expect(problem.status).toBe(status)
  expect(statuses[problem.code]).toBe(status)
  expect(problem.type).toBe(`urn:latchkey:${problem.code}`)
  expect(problem.requestId).toBe(headers.get('x-request-id'))
  // A toll is solved, not waited for.
  if (problem.toll !== undefined) {
    expect(problem.code).toBe('rate_limited')
    expect(problem.retryAfterMs).toBeUndefined()
  } else if (problem.code === 'rate_limited' || problem.code === 'unavailable') {
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(problem.retryAfterMs).toBe(Number(headers.get('retry-after')) * 1000)
  } else expect(problem.retryAfterMs).toBeUndefined()
  return problem
}

/** Holds any answer of a route of ours against the contract. */
export function expectAnswer(method: string, path: string, answer: ReadAnswer): void {
  const { status, headers, text } = answer
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  if (headers.get('content-type')?.startsWith('application/problem+json') === true) {
    if (method === 'HEAD') return
    expectProblem(answer)
    return
  }
  const route = routeOf(method, path)
  const told = route?.answers[status]
  expect(told, `${method} ${path} answers ${status}, which its route does not say`).toBeDefined()
  if (route?.hidden !== true) expect(headers.get('cache-control')).toBe('no-store')
  if (told?.schema === undefined || method === 'HEAD') return
  const json: unknown = JSON.parse(text)
  expect(told.schema.parse(json)).toEqual(json)
}
