/**
 * Requests from the OpenAPI document: valid ones, nearly valid ones, and hostile ones. Knows no answers.
 *
 * Invariant: the same seed makes the same requests, but for the secrets of the run that they name by `$`.
 */

import * as fc from 'fast-check'
import type { OpenApiDocument } from '../../src/api/openapi.js'

/** A request before it is sent. Texts such as `$token` stand for a live secret of the run. */
export interface FuzzedRequest {
  readonly method: string
  /** The path of the route in the document, or null where it was bent. */
  readonly template: string | null
  /** Path and query, as they are sent. */
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string | Uint8Array<ArrayBuffer> | null
  /** The address of the socket. */
  readonly address: string
}

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly not?: unknown
}

interface Route {
  readonly method: string
  readonly path: string
  readonly body: Schema | null
  readonly query: readonly string[]
}

/** What a text of this name may hold, beside strings of any kind. */
const textsByName: Readonly<Record<string, readonly string[]>> = {
  email: [
    'ada@example.com',
    'grace@example.com',
    '$email',
    'ＡＤＡ＠example.com',
    '"a b"@example.com',
    'a@b',
    'a@b@c.de',
    `${'x'.repeat(300)}@example.com`,
    'a@xn--e1afmkfd.example',
    'a\r\nbcc:b@c.de',
    '@',
    '',
  ],
  phone: [
    '+351910000001',
    '+1 (202) 555-0123',
    '00351910000001',
    '+0',
    '+999999999999999999',
    '１２３',
    '$email',
  ],
  password: [
    'seven wooden lanterns drifting',
    'a quiet harbor under snowfall',
    'short',
    'x'.repeat(257),
    'x'.repeat(20_001),
    '\u0000',
    '\ud800',
    '密码密码密码密码密码密码',
  ],
  currentPassword: ['seven wooden lanterns drifting', 'wrong', ''],
  token: ['$token', 'A'.repeat(43), 'A'.repeat(512), 'A'.repeat(513), '-_', '%00', '='],
  code: ['$code', '000000', '12345', '1234567', '１２３４５６', '-00001', ' 00000'],
  number: ['42', '$number', '7', '007', '-1'],
  name: ['Ada', ' ', '\u202eada', 'x'.repeat(161), '<b>', '\u0000'],
  username: ['ada', 'admin', 'Ada_1', '1ada', 'x'.repeat(65)],
}

const hostileKeys = [
  '__proto__',
  'constructor',
  'prototype',
  'id',
  'userId',
  'role',
  'verifiedAt',
  'toString',
  '',
]

function resolve(document: OpenApiDocument, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema : (document.components.schemas[name] as Schema)
}

function textOf(name: string): fc.Arbitrary<string> {
  const known = textsByName[name] ?? ['x']
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...known) },
    fc.string({ unit: 'binary', maxLength: 40 }),
  )
}

/** What fits a schema, as far as the document says it. */
function fitting(document: OpenApiDocument, given: Schema, name: string): fc.Arbitrary<unknown> {
  const schema = resolve(document, given)
  if (schema.anyOf !== undefined)
    return fc.oneof(...schema.anyOf.map((each) => fitting(document, each, name)))
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.type === 'null') return fc.constant(null)
  if (schema.type === 'string') return textOf(name)
  if (schema.properties === undefined)
    return fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  const fields = Object.entries(schema.properties).filter(([, each]) => each.not === undefined)
  const arbitraries = Object.fromEntries(fields.map(([key, each]) => [key, fitting(document, each, key)]))
  return fc.record(arbitraries, { requiredKeys: [...(schema.required ?? [])] })
}

/** What nearly fits: a field missing, of another type, beyond every bound, or too many. */
function nearlyFitting(whole: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const other = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(0, -1, true, null, [], {}, [[]], { $gt: '' }, 'x'.repeat(30_000)),
  )
  return fc
    .tuple(
      whole,
      fc.nat(),
      fc.constantFrom('drop', 'retype', 'add', 'list'),
      fc.constantFrom(...hostileKeys),
      other,
    )
    .map(([value, at, change, key, planted]) => {
      if (typeof value !== 'object' || value === null) return planted
      const entries = Object.entries(value as Record<string, unknown>)
      const index = at % Math.max(1, entries.length)
      if (change === 'drop') return Object.fromEntries(entries.filter((_, each) => each !== index))
      if (change === 'retype')
        return Object.fromEntries(
          entries.map(([name, each], place) => [name, place === index ? planted : each]),
        )
      if (change === 'list')
        return Object.fromEntries(
          entries.map(([name, each], place) => [name, place === index ? [each, each] : each]),
        )
      const grown: Record<string, unknown> = Object.fromEntries(entries)
      Object.defineProperty(grown, key, { value: planted, enumerable: true })
      return grown
    })
}

const hostileBody: fc.Arbitrary<string | Uint8Array<ArrayBuffer>> = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.uint8Array({ maxLength: 100 }).map((bytes) => new Uint8Array(bytes)),
  fc.constantFrom(
    '',
    '{',
    'null',
    '[]',
    '"x"',
    '1e999',
    '['.repeat(30_000),
    `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
    `{"email":"${'x'.repeat(70_000)}"}`,
    '{"email":"a@b.de","email":"c@d.de"}',
    '{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}}}',
    'email=ada%40example.com&password=%',
    'email=a&email=b&_form=x',
    '\ufeff{}',
  ),
)

function bodyOf(
  document: OpenApiDocument,
  schema: Schema | null,
): fc.Arbitrary<string | Uint8Array<ArrayBuffer> | null> {
  const hostile = { weight: 1, arbitrary: hostileBody }
  if (schema === null) return fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, hostile)
  const whole = fitting(document, schema, 'body')
  const toText = (value: unknown): string => JSON.stringify(value) ?? ''
  return fc.oneof(
    { weight: 5, arbitrary: whole.map(toText) },
    { weight: 3, arbitrary: nearlyFitting(whole).map(toText) },
    hostile,
  )
}

const headerText = fc
  .string({ unit: 'binary-ascii', maxLength: 30 })
  .map((text) => text.replace(/[^\t\x20-\x7e]/g, ''))

function mostly<T>(usual: T, others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: fc.constantFrom(...others) },
  )
}

const headers: fc.Arbitrary<FuzzedRequest['headers']> = fc
  .record({
    origin: mostly('http://localhost:3000', [
      '',
      'null',
      'https://evil.example',
      'http://localhost:3000.evil.example',
      'http://localhost:3000/',
    ]),
    'content-type': mostly('application/json', [
      '',
      'application/json; charset=utf-8',
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/json, text/plain',
      ';',
    ]),
    session: fc.constantFrom(
      '$session',
      '$session',
      '$session',
      '',
      'A'.repeat(64),
      'x',
      'A'.repeat(5000),
      '"',
      '%00',
      '$session=; latchkey=other',
    ),
    flow: fc.constantFrom('$flow', '$flow', '$flow', '', 'x', '0d3f2b1a-1111-4222-8333-444455556667'),
    step: fc.constantFrom('', '$step', 'x', 'A'.repeat(5000)),
    others: fc.array(
      fc.tuple(
        fc.constantFrom(
          'user-agent',
          'accept',
          'accept-language',
          'x-forwarded-for',
          'x-forwarded-host',
          'forwarded',
          'authorization',
          'sec-fetch-site',
          'x-http-method-override',
          'latchkey-flow',
          'range',
          'if-none-match',
        ),
        headerText,
      ),
      { maxLength: 3 },
    ),
    cookies: fc.array(headerText, { maxLength: 3 }),
  })
  .map(({ session, flow, step, others, cookies, ...plain }) => {
    const cookie = [
      ...(session === '' ? [] : [`latchkey=${session}`]),
      ...(flow === '' ? [] : [`latchkey-flow=${flow}`]),
      ...(step === '' ? [] : [`latchkey-step=${step}`]),
      ...cookies,
    ].join('; ')
    const usual = Object.entries(plain).filter(([, value]) => value !== '')
    return [...usual, ...others, ...(cookie === '' ? [] : [['cookie', cookie] as [string, string]])]
  })

const parameter = fc.oneof(
  fc.constantFrom(
    '$sessionId',
    '0d3f2b1a-1111-4222-8333-444455556666',
    '0',
    '..%2f',
    '%00',
    "'or'1'='1",
    '%ff',
    '%',
    'x'.repeat(3000),
  ),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => encodeURIComponent(text.toWellFormed())),
)

const bends: readonly ((path: string) => string)[] = [
  (path) => `/${path}`,
  (path) => `${path}/`,
  (path) => `${path};x=1`,
  (path) => path.toUpperCase(),
  (path) => path.replace('/', '/./'),
  (path) => path.replace('/', '/%2e/'),
  (path) => `${path}%20`,
  (path) => path.replaceAll('-', '%2D'),
  (path) => `${path}/../${path}`,
  (path) => `${path}/callback`,
]

function routesOf(document: OpenApiDocument): Route[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      body: (operation.requestBody?.content['application/json']?.schema as Schema | undefined) ?? null,
      query: (operation.parameters ?? []).filter((each) => each.in === 'query').map(({ name }) => name),
    })),
  )
}

function requestOf(document: OpenApiDocument, route: Route): fc.Arbitrary<FuzzedRequest> {
  return fc
    .record({
      method: fc.oneof(
        { weight: 20, arbitrary: fc.constant(route.method) },
        {
          weight: 1,
          arbitrary: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'),
        },
      ),
      values: parameter,
      query: fc.array(fc.tuple(fc.constantFrom(...route.query, 'token', 'return_to', 'x'), textOf('token')), {
        maxLength: 2,
      }),
      bend: fc.oneof(
        { weight: 15, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constantFrom(...bends) },
      ),
      headers,
      body: bodyOf(document, route.body),
      address: fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1', '', 'garbage'),
    })
    .map(({ method, values, query, bend, body, ...rest }) => {
      const path = route.path.replaceAll(/\{\w+\}/g, () => values)
      const search = query
        .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
        .join('&')
      const carries = method !== 'GET' && method !== 'HEAD'
      return {
        ...rest,
        method,
        template: bend === null ? route.path : null,
        path: (bend === null ? path : bend(path)) + (search === '' ? '' : `?${search}`),
        body: carries ? body : null,
      }
    })
}

/** Requests to every route of the document. Readiness reads the whole schema, so it is asked rarely. */
export function fuzzedRequests(document: OpenApiDocument): fc.Arbitrary<FuzzedRequest> {
  const weighted = routesOf(document).map((route) => ({
    weight: route.path === '/ready' ? 1 : 40,
    arbitrary: requestOf(document, route),
  }))
  return fc.oneof(...weighted)
}
