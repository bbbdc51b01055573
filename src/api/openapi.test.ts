/** The OpenAPI document: it describes the routes as they are, and every reference in it resolves. */

import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { errorCodes } from '../base/index.js'
import {
  linkCallbackInput,
  readySchema,
  scopeSchema,
  signedInSchema,
  signUpInput,
  verificationCallbackInput,
  verificationSentSchema,
} from '../contract/index.js'
import { defineRoute } from '../http/index.js'
import type { RouteDefinition } from '../http/index.js'
import { createOpenApi } from './openapi.js'
import type { Operation } from './openapi.js'
import { refusalsOf } from './openapi-refusals.js'

const place = { baseUrl: 'https://app.example', basePath: '/auth', tokenTransport: 'cookie' } as const

function route(part: Partial<RouteDefinition> & { id: string; path: string }): RouteDefinition {
  return defineRoute({
    method: 'POST',
    access: 'public',
    summary: 'Does what it says.',
    answers: { 204: { description: 'Done.' } },
    handle: () => ({ status: 204 }),
    ...part,
  })
}

const signUp = route({
  id: 'sign-up.request',
  path: '/sign-up',
  input: signUpInput,
  answers: { 202: { description: 'A message is on its way.', schema: verificationSentSchema } },
})
const signIn = route({
  id: 'password.request',
  path: '/password/request',
  input: signUpInput,
  action: { strategy: 'password', action: 'request' },
  answers: { 200: { description: 'Signed in.', schema: signedInSchema } },
})
const link = route({
  id: 'magic-link.open',
  method: 'GET',
  path: '/magic-link/callback',
  input: linkCallbackInput,
  answers: { 303: { description: 'The clean page.' } },
})
const prove = route({
  id: 'verification.callback',
  path: '/verification/callback',
  input: verificationCallbackInput,
  action: { strategy: 'verification', action: 'callback' },
})
const scope = route({
  id: 'session.get',
  method: 'GET',
  path: '/session',
  access: 'session',
  answers: { 200: { description: 'Who asks.', schema: scopeSchema } },
})
const end = route({ id: 'sessions.delete', method: 'DELETE', path: '/sessions/:id', access: 'session' })
const leave = route({ id: 'user.delete', method: 'DELETE', path: '/user', access: 'fresh' })
const page = route({ id: 'pages.sign-in', method: 'GET', path: '/sign-in', hidden: true })
const routes = [signUp, signIn, link, prove, scope, end, leave, page]
const document = createOpenApi(routes, place)

function operation(path: string, method: string): Operation {
  const found = document.paths[path]?.[method]
  if (found === undefined) throw new Error(`There is no ${method} ${path}.`)
  return found
}

const operations = Object.values(document.paths).flatMap((item) => Object.values(item))
const statuses = (path: string, method: string) => Object.keys(operation(path, method).responses)

describe('the document', () => {
  it('has every route that is not hidden, once, by its own name', () => {
    const shown = routes.filter((each) => each !== page).map(({ id }) => id)
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(shown.sort())
    expect(document.openapi).toBe('3.1.1')
    expect(document.servers).toEqual([{ url: 'https://app.example/auth' }])
  })

  it('has a description for every answer, a tag that is declared, and every parameter of its path', () => {
    const tags = document.tags.map(({ name }) => name)
    for (const [path, item] of Object.entries(document.paths)) {
      for (const { responses, tags: own, parameters = [] } of Object.values(item)) {
        for (const [status, { description }] of Object.entries(responses)) {
          expect(status).toMatch(/^[1-5]\d\d$/)
          expect(description).not.toBe('')
        }
        expect(tags).toEqual(expect.arrayContaining([...own]))
        const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
        expect(parameters.filter((each) => each.in === 'path').map(({ name }) => name)).toEqual(named)
      }
    }
  })

  it('refers only to components that are there, and keeps none that nobody refers to', () => {
    const text = JSON.stringify(document)
    const referred = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target ?? '')
    const components = Object.keys(document.components.schemas)
    expect([...new Set(referred)].sort()).toEqual(
      components.map((name) => `#/components/schemas/${name}`).sort(),
    )
    expect(components).toContain('User')
    expect(text).not.toMatch(/"\$(id|schema|defs)"/)
  })

  it('says what a body is, by a component with its bounds', () => {
    expect(operation('/sign-up', 'post').requestBody).toEqual({
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/SignUpInput' } } },
    })
    expect(document.components.schemas['SignUpInput']).toMatchObject({
      type: 'object',
      properties: { email: { type: 'string', minLength: 1, maxLength: 320 } },
      required: ['email', 'password'],
    })
  })

  it('writes out a shape that has no name', () => {
    const answers = { 200: { description: 'So.', schema: z.object({ user: scopeSchema.shape.user }) } }
    const odd = createOpenApi([route({ id: 'odd.one', path: '/odd', answers })], place)
    expect(
      odd.paths['/odd']?.['post']?.responses['200']?.content?.['application/json']?.schema,
    ).toMatchObject({
      properties: { user: { $ref: '#/components/schemas/User' } },
    })
    expect(Object.keys(odd.components.schemas)).toContain('User')
  })

  it('takes the input of a GET from the query, and says where an answer leads', () => {
    const { parameters, requestBody, responses } = operation('/magic-link/callback', 'get')
    expect(parameters).toEqual([
      {
        name: 'token',
        in: 'query',
        required: false,
        schema: { type: 'string', minLength: 1, maxLength: 512 },
      },
    ])
    expect(requestBody).toBeUndefined()
    expect(responses['303']?.headers).toHaveProperty('Location')
  })

  it('asks for the cookie where a session is needed, by the name that it has there', () => {
    expect(operation('/session', 'get').security).toEqual([{ cookie: [] }])
    expect(operation('/sign-up', 'post').security).toEqual([])
    expect(document.components.securitySchemes['cookie']).toMatchObject({ name: '__Host-latchkey' })
    const plain = createOpenApi(routes, { ...place, baseUrl: 'http://localhost:3000' })
    expect(plain.components.securitySchemes['cookie']).toMatchObject({ name: 'latchkey' })
  })

  it('takes a bearer token instead, where that is switched on', () => {
    const native = createOpenApi(routes, { ...place, tokenTransport: 'bearer' })
    expect(native.paths['/session']?.['get']?.security).toEqual([{ cookie: [] }, { bearer: [] }])
    expect(native.components.securitySchemes['bearer']).toEqual({ type: 'http', scheme: 'bearer' })
  })
})

describe('the refusals of a route', () => {
  it('are problem documents, by status', () => {
    expect(statuses('/sign-up', 'post')).toEqual(['202', '403', '422', '429', '500', '503'])
    expect(statuses('/password/request', 'post')).toEqual(['200', '401', '403', '422', '429', '500', '503'])
    expect(statuses('/verification/callback', 'post')).toEqual([
      '204',
      '400',
      '403',
      '409',
      '422',
      '429',
      '500',
      '503',
    ])
    expect(statuses('/session', 'get')).toEqual(['200', '401', '500', '503'])
    expect(statuses('/sessions/{id}', 'delete')).toEqual([
      '204',
      '401',
      '403',
      '404',
      '422',
      '429',
      '500',
      '503',
    ])
    for (const { responses } of operations) {
      for (const [status, { content }] of Object.entries(responses)) {
        if (Number(status) < 400) continue
        expect(content).toEqual({
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        })
      }
    }
  })

  it('say when to try again', () => {
    expect(operation('/sign-up', 'post').responses['429']?.headers).toHaveProperty('Retry-After')
    expect(operation('/sign-up', 'post').responses['422']?.headers).toBeUndefined()
  })

  it('stand beside an answer of the same status', () => {
    const answers = { 503: { description: 'Not ready.', schema: readySchema } }
    const ready = createOpenApi([route({ id: 'ready', method: 'GET', path: '/ready', answers })], place)
    const answered = ready.paths['/ready']?.['get']?.responses['503']
    expect(answered?.description).toMatch(/^Not ready\. `unavailable`/)
    expect(Object.keys(answered?.content ?? {})).toEqual(['application/json', 'application/problem+json'])
  })

  it('ask for a fresh sign-in where that is needed', () => {
    expect(refusalsOf(leave).get(403)).toEqual(['assurance_required', 'forbidden_origin'])
    expect(refusalsOf(end).get(403)).toEqual(['forbidden_origin'])
  })

  it('cover every code but that of a strategy that is not there', () => {
    const told = routes.flatMap((each) => [...refusalsOf(each).values()].flat())
    expect([...new Set(told)].sort()).toEqual(
      errorCodes.filter((code) => code !== 'strategy_disabled').sort(),
    )
  })
})
