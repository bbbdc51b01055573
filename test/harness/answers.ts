/** What every answer must be: in the contract of its route, and dressed in the headers that protect it. */

import { expect } from 'vitest'
import { refusalsOf } from '../../src/api/openapi-refusals.js'
import { problemSchema } from '../../src/contract/index.js'
import { statuses } from '../../src/http/index.js'
import type { RouteDefinition } from '../../src/http/index.js'

/** An answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** What a JSON answer holds; an empty object otherwise. */
  readonly json: Readonly<Record<string, unknown>>
}

/** Reads an answer to its end. */
export async function readAnswer(response: Response): Promise<Answer> {
  const { status, headers } = response
  const text = await response.text()
  const isJson = /^application\/(?:problem\+)?json\b/.test(headers.get('content-type') ?? '') && text !== ''
  return { status, headers, text, json: isJson ? (JSON.parse(text) as Answer['json']) : {} }
}

/** The route of a path below the base path, as the application finds it. */
export function findRoute(
  routes: readonly RouteDefinition[],
  method: string,
  path: string,
): RouteDefinition | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method
  const pathname = path.split('?', 1)[0] ?? ''
  const segments = pathname.split('/')
  return routes.find((route) => {
    const parts = route.path.split('/')
    return (
      route.method === wanted &&
      parts.length === segments.length &&
      parts.every(
        (part, index) => part === segments[index] || (part.startsWith(':') && segments[index] !== ''),
      )
    )
  })
}

// An object schema drops what it does not know, so that equality finds what should not have been told.
function expectShape(schema: { parse(value: unknown): unknown }, value: unknown, where: string): void {
  expect(schema.parse(value), where).toEqual(value)
}

function expectRefusal({ status, headers, json }: Answer, route: RouteDefinition | undefined, where: string) {
  expect(headers.get('content-type'), where).toBe('application/problem+json')
  expectShape(problemSchema, json, where)
  const { code } = problemSchema.parse(json)
  expect([json['status'], statuses[code]], where).toEqual([status, status])
  const codes =
    route === undefined
      ? ['not_found', 'strategy_disabled', 'forbidden_origin']
      : refusalsOf(route).get(status)
  expect(codes, `${where} may answer ${code}`).toContain(code)
}

/** Fails where an answer is not in the contract, or lacks what protects it. */
export function expectContract(
  routes: readonly RouteDefinition[],
  asked: { readonly method: string; readonly path: string },
  answer: Answer,
): void {
  const { method, path } = asked
  const { status, headers, json } = answer
  const route = findRoute(routes, method, path)
  const where = `${method} ${path} -> ${status} ${answer.text.slice(0, 200)}`
  const protection = ['x-content-type-options', 'referrer-policy'].map((name) => headers.get(name))
  expect(protection, where).toEqual(['nosniff', 'no-referrer'])
  expect(headers.get('x-request-id'), where).toMatch(/^[0-9a-f-]{36}$/)
  if (route?.hidden !== true) expect(headers.get('cache-control'), where).toBe('no-store')
  for (const line of headers.getSetCookie()) {
    expect(line, where).toMatch(/^__Host-latchkey(?:-flow|-step)?=/)
    const attributes = line.split('; ').slice(1)
    expect(attributes, where).toEqual(
      expect.arrayContaining(['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']),
    )
    expect(line, where).not.toMatch(/domain=/i)
  }
  if (/^text\/html\b/.test(headers.get('content-type') ?? '') || method === 'OPTIONS') return
  const told = route?.answers[status]
  if (told === undefined) {
    if (method === 'HEAD')
      expect([...(route === undefined ? [404] : refusalsOf(route).keys())], where).toContain(status)
    else expectRefusal(answer, route, where)
  } else if (told.schema !== undefined && method !== 'HEAD') {
    expect(headers.get('content-type'), where).toMatch(/^application\/json\b/)
    expectShape(told.schema, json, where)
  }
}
