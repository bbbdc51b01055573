/**
 * What every answer must be: in the contract of its route, and dressed in the headers that protect it. A form, and a
 * browser that goes somewhere, are answered by a page or led to one.
 */

import { expect } from 'vitest'
import type { ErrorCode } from '../../src/base/index.js'
import { refusalsOf } from '../../src/api/openapi-refusals.js'
import { problemSchema } from '../../src/contract/index.js'
import { statuses } from '../../src/http/index.js'
import type { RouteDefinition } from '../../src/http/index.js'
import { en } from '../../src/ui/texts/en.js'

/** An answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** What a JSON answer holds; an empty object otherwise. */
  readonly json: Readonly<Record<string, unknown>>
}

/** The beginning of a stream that has no end of its own, which is watched no longer then. */
async function readBeginning(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const reader = body?.getReader()
  const first = await reader?.read()
  await reader?.cancel()
  return new TextDecoder().decode(first?.value)
}

/** Reads an answer to its end; of events, the first. */
export async function readAnswer(response: Response): Promise<Answer> {
  const { status, headers, body } = response
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') === true
  const text = isStream ? await readBeginning(body) : await response.text()
  const isJson = /^application\/(?:problem\+)?json\b/.test(headers.get('content-type') ?? '') && text !== ''
  return { status, headers, text, json: isJson ? (JSON.parse(text) as Answer['json']) : {} }
}

const toldBy: readonly (readonly [code: ErrorCode, words: string])[] = (
  Object.keys(statuses) as ErrorCode[]
).map((code) => [code, en[`error.${code}`]])

/** What was refused: as the problem document says it, or as the page does in words. */
export function refusalIn({ json, text }: Answer): unknown {
  return json['code'] ?? toldBy.find(([, words]) => text.includes(words))?.[0]
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

const isPage = ({ headers }: Answer): boolean => /^text\/html\b/.test(headers.get('content-type') ?? '')

/** Fails where a page could run, load or frame what is not ours, or has a status that its route never answers. */
function expectPage({ status, headers }: Answer, route: RouteDefinition | undefined, where: string) {
  const policy = headers.get('content-security-policy')
  expect(policy, where).toMatch(/^default-src 'none'; /)
  expect(policy, where).toMatch(/; frame-ancestors '(?:none|self)'(?:;|$)/)
  expect(policy, where).not.toContain("script-src 'unsafe")
  const refusals = route === undefined ? [404] : [...refusalsOf(route).keys()]
  // A page says that the link is gone, or is another browser's, with the status of that.
  const ofLinks = route?.hidden === true ? [statuses.invalid_token, statuses.confirmation_required] : []
  expect([200, ...refusals, ...ofLinks], where).toContain(status)
}

/** Fails where an answer is not in the contract, or lacks what protects it. */
export function expectContract(
  routes: readonly RouteDefinition[],
  asked: { readonly method: string; readonly path: string; readonly wantsHtml: boolean },
  answer: Answer,
): void {
  const { method, path, wantsHtml } = asked
  const { status, headers, json } = answer
  const route = findRoute(routes, method, path)
  const where = `${method} ${path} -> ${status} ${answer.text.slice(0, 200)}`
  const protection = ['x-content-type-options', 'referrer-policy'].map((name) => headers.get(name))
  // Forms of a page without a referrer would name no origin, so a page tells it to our own origin alone.
  const referrers: unknown = isPage(answer)
    ? expect.stringMatching(/^(?:same-origin|no-referrer)$/)
    : 'no-referrer'
  expect(protection, where).toEqual(['nosniff', referrers])
  expect(headers.get('cross-origin-resource-policy'), where).toBe('same-origin')
  expect(headers.get('strict-transport-security'), where).toBe('max-age=63072000')
  const policy = headers.get('content-security-policy') ?? ''
  for (const directive of ["default-src 'none'", 'base-uri', 'frame-ancestors', 'object-src']) {
    expect(policy, where).toContain(directive)
  }
  expect(headers.get('x-request-id'), where).toMatch(/^[0-9a-f-]{36}$/)
  if (route?.hidden !== true) expect(headers.get('cache-control'), where).toBe('no-store')
  for (const line of headers.getSetCookie()) {
    expect(line, where).toMatch(/^__Host-latchkey(?:-flow|-known|-step)?=/)
    const attributes = line.split('; ').slice(1)
    expect(attributes, where).toEqual(
      expect.arrayContaining(['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']),
    )
    expect(line, where).not.toMatch(/domain=/i)
  }
  if (method === 'OPTIONS') return
  if (isPage(answer)) {
    expect(wantsHtml || route?.hidden === true, where).toBe(true)
    expectPage(answer, route, where)
    return
  }
  if (status === 303) expect(headers.get('location'), where).toMatch(/^\/(?![/\\])/)
  if (status === 303 && (wantsHtml || route?.hidden === true)) return
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
