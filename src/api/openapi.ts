/**
 * The HTTP API as an OpenAPI 3.1 document, generated from the table of routes, so that it always matches what
 * is served.
 *
 * Invariant: every route that is not hidden is in the document, with every response and every error that it
 * can return.
 */

import type { ZodType } from 'zod'
import type { ErrorCode } from '../base/index.js'
import { problemSchema } from '../contract/index.js'
import type { RouteDefinition } from '../http/index.js'
import { describeRefusals, refusalsOf } from './openapi-refusals.js'
import { createShapes } from './openapi-shapes.js'
import type { JsonSchema, Shapes } from './openapi-shapes.js'

/** Where the routes are served, and how a session is sent. */
export interface ContractPlace {
  readonly baseUrl: string
  readonly basePath: string
  readonly tokenTransport: 'cookie' | 'bearer'
  /** The schemas of features, by their names in the document. */
  readonly schemas?: Readonly<Record<string, ZodType>>
}

/** An OpenAPI 3.1 document (OAS 3.1.1 §4.8.1). */
export interface OpenApiDocument {
  readonly openapi: '3.1.1'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly securitySchemes: Readonly<Record<string, object>>
  }
}

/** One operation (OAS 3.1.1 §4.8.10). */
export interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, Answered>>
}

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly schema: JsonSchema
}

interface Answered {
  readonly description: string
  readonly headers?: Readonly<Record<string, { readonly schema: JsonSchema }>>
  readonly content?: Content
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>

// The version of the API, not of the package. It increases when clients have to change.
const contractVersion = '1.0.0'
const waits: readonly ErrorCode[] = ['rate_limited', 'unavailable']

/** Creates the document of these routes. */
export function createOpenApi(routes: readonly RouteDefinition[], place: ContractPlace): OpenApiDocument {
  const shown = routes.filter(({ hidden }) => hidden !== true)
  const shapes = createShapes(shown.flatMap(schemasOf), place.schemas)
  const schemes = securitySchemes(place)
  const paths: Record<string, Record<string, Operation>> = {}
  for (const route of shown) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = {
      ...paths[path],
      [route.method.toLowerCase()]: toOperation(route, shapes, Object.keys(schemes)),
    }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Latchkey',
      version: contractVersion,
      description:
        'Users, identities, sessions and verifications. Refusals are problem documents (RFC 9457).',
    },
    servers: [{ url: new URL(place.baseUrl).origin + place.basePath }],
    tags: [...new Set(shown.map(nounOf))].map((name) => ({ name })),
    paths,
    components: { schemas: shapes.components(), securitySchemes: schemes },
  }
}

function nounOf({ id }: RouteDefinition): string {
  return id.split('.')[0] ?? id
}

function schemasOf({ input, answers }: RouteDefinition) {
  const answered = Object.values(answers).map(({ schema }) => schema)
  return [input, ...answered].filter((schema) => schema !== undefined)
}

function securitySchemes({ baseUrl, tokenTransport }: ContractPlace): Record<string, object> {
  const name = new URL(baseUrl).protocol === 'https:' ? '__Host-latchkey' : 'latchkey'
  const cookie = { type: 'apiKey', in: 'cookie', name }
  return tokenTransport === 'cookie' ? { cookie } : { cookie, bearer: { type: 'http', scheme: 'bearer' } }
}

function toOperation(route: RouteDefinition, shapes: Shapes, schemes: readonly string[]): Operation {
  const parameters = [...pathParameters(route), ...queryParameters(route, shapes)]
  const body = route.method === 'GET' || route.input === undefined ? null : shapes.of(route.input)
  return {
    operationId: route.id,
    summary: route.summary,
    tags: [nounOf(route)],
    security: route.access === 'public' ? [] : schemes.map((scheme) => ({ [scheme]: [] })),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== null && {
      requestBody: { required: true, content: { 'application/json': { schema: body } } },
    }),
    responses: merge(answersOf(route, shapes), problemsOf(route, shapes)),
  }
}

function pathParameters({ path }: RouteDefinition): Parameter[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name: name ?? '',
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters({ method, input }: RouteDefinition, shapes: Shapes): Parameter[] {
  if (method !== 'GET' || input === undefined) return []
  const { properties = {}, required = [] } = shapes.whole(input)
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: typeof schema === 'boolean' ? {} : schema,
  }))
}

// A status can have two meanings: `503` of the readiness route is its response or an error.
function merge(
  answers: Record<string, Answered>,
  problems: Record<string, Answered>,
): Record<string, Answered> {
  const both = Object.entries(problems).map(([status, problem]): [string, Answered] => {
    const answer = answers[status]
    if (answer === undefined) return [status, problem]
    const description = `${answer.description} ${problem.description}`
    return [status, { ...problem, description, content: { ...answer.content, ...problem.content } }]
  })
  return { ...answers, ...Object.fromEntries(both) }
}

function answersOf({ answers }: RouteDefinition, shapes: Shapes): Record<string, Answered> {
  const entries = Object.entries(answers).map(([status, { description, schema }]): [string, Answered] => [
    status,
    {
      description,
      ...(status === '303' && { headers: { Location: { schema: { type: 'string' } } } }),
      ...(schema !== undefined && { content: { 'application/json': { schema: shapes.of(schema) } } }),
    },
  ])
  return Object.fromEntries(entries)
}

function problemsOf(route: RouteDefinition, shapes: Shapes): Record<string, Answered> {
  const content = { 'application/problem+json': { schema: shapes.of(problemSchema) } }
  const entries = [...refusalsOf(route)].map(([status, codes]): [string, Answered] => [
    String(status),
    {
      description: describeRefusals(codes),
      ...(codes.some((code) => waits.includes(code)) && {
        headers: { 'Retry-After': { schema: { type: 'integer', minimum: 1 } } },
      }),
      content,
    },
  ])
  return Object.fromEntries(entries)
}
