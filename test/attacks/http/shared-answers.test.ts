/**
 * What other sites can read and where answers lead: cross-origin answers go to the listed origins alone, no redirect
 * leaves our origin whatever a request asks for (GHSA-vp58-j275-797x), and a bad path is answered like a good one.
 */

import { describe, expect, it } from 'vitest'
import { readAnswer, refusalIn } from '../../harness/answers.js'
import { encodeForm, openBrowser, toRequest } from '../../harness/http.js'
import { home, listRoutes, useSite } from '../../harness/site.js'
import { enter, pathOf } from '../../harness/visits.js'

const routes = await listRoutes()
const listed = 'https://partner.example'
const closed = useSite()
const open = useSite({ allowedOrigins: [listed] })

const unlisted = [
  'https://evil.test',
  'null',
  'https://partner.example.evil.test',
  'https://evilpartner.example',
  'https://sub.partner.example',
  'http://partner.example',
  'https://partner.example:8443',
  'https://PARTNER.example',
  'https://partner.example/',
  '*',
]
const corsHeaders = [
  'allow-origin',
  'allow-credentials',
  'allow-methods',
  'allow-headers',
  'expose-headers',
].map((name) => `access-control-${name}`)

const shared = (headers: Headers): string[] => corsHeaders.filter((name) => headers.has(name))

describe('an answer to another origin', () => {
  it('is shared with nobody while none is listed', async () => {
    for (const { method, path } of routes.map((route) => ({ ...route, path: pathOf(route) }))) {
      for (const origin of [listed, home, ...unlisted]) {
        const answer = await openBrowser(closed()).send(method, path, { headers: { origin } })
        expect(shared(answer.headers), `${method} ${path} ${origin}`).toEqual([])
      }
      const asked = { origin: listed, 'access-control-request-method': method }
      const preflight = await openBrowser(closed()).send('OPTIONS', path, { headers: asked })
      expect([preflight.status, shared(preflight.headers)]).toEqual([404, []])
    }
  })

  it('is shared with the origins that are listed, by name and with cookies, and varies by them', async () => {
    for (const { method, path } of routes.map((route) => ({ ...route, path: pathOf(route) }))) {
      const answer = await openBrowser(open()).send(method, path, { headers: { origin: listed } })
      expect(answer.headers.get('access-control-allow-origin'), path).toBe(listed)
      expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
      expect(answer.headers.get('vary')).toContain('Origin')
      expect(answer.json['code']).not.toBe('forbidden_origin')
      for (const origin of unlisted) {
        const other = await openBrowser(open()).send(method, path, { headers: { origin } })
        expect(shared(other.headers), `${method} ${path} ${origin}`).toEqual([])
      }
    }
  })

  it('of a preflight says which methods, to listed origins alone', async () => {
    const ask = (origin: string) => openBrowser(open()).send('OPTIONS', '/user', { headers: { origin } })
    const { status, headers } = await ask(listed)
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, listed])
    expect(headers.get('access-control-allow-methods')).toBe('GET, POST, PUT, PATCH, DELETE')
    for (const origin of unlisted) {
      const refused = await ask(origin)
      expect([refused.status, shared(refused.headers)], origin).toEqual([403, []])
    }
  })

  it('of a listed origin still needs a session, and a form of its own', async () => {
    const { browser } = await enter(open())
    const renamed = await browser.send('PATCH', '/user', {
      json: { name: 'Ada' },
      headers: { origin: listed },
    })
    expect(renamed.status).toBe(200)
    const form = await browser.send('PATCH', '/user', { form: { name: 'Eve' }, headers: { origin: listed } })
    expect([form.status, refusalIn(form)]).toEqual([403, 'forbidden_origin'])
  })
})

describe('a redirect', () => {
  const corpus = [
    'https://evil.test',
    '//evil.test',
    '///evil.test',
    '/\\evil.test',
    '\\/evil.test',
    '\\\\evil.test',
    'https:evil.test',
    'https:/evil.test',
    'https://app.example@evil.test',
    'https://app.example.evil.test',
    '/\tevil.test',
    '/%09/evil.test',
    '/\r\nLocation: https://evil.test',
    '/%0d%0aLocation:%20https://evil.test',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://\u0435vil.test',
    '/..;/evil.test',
    '/%2f%2fevil.test',
    '/%252f%252fevil.test',
    '/%5cevil.test',
    '.evil.test',
    '@evil.test',
    ':80@evil.test',
  ]
  const names = [
    'return_to',
    'returnTo',
    'redirect',
    'redirect_uri',
    'redirect_to',
    'next',
    'url',
    'continue',
    'callbackURL',
  ]

  it('never leaves our origin, at any route (GHSA-vp58-j275-797x)', { timeout: 120_000 }, async () => {
    const { browser } = await enter(closed())
    let seen = 0
    for (const route of routes) {
      for (const evil of corpus) {
        const fields = Object.fromEntries(names.map((name) => [name, evil]))
        const query = encodeForm(fields)
        const sent =
          route.method === 'GET' ? { headers: { referer: 'https://evil.test/' } } : { json: fields }
        const requester = route.access === 'public' ? openBrowser(closed()) : browser.copy()
        if (route.access === 'public' || route.method === 'GET') {
          const { headers } = await requester.send(route.method, `${pathOf(route)}?${query}`, sent)
          const location = headers.get('location')
          if (location === null) continue
          seen++
          expect(new URL(location, home).origin, `${route.id} ${evil}`).toBe(home)
          expect(location, route.id).not.toContain('evil')
          expect(headers.has('refresh')).toBe(false)
        }
      }
    }
    expect(seen).toBeGreaterThanOrEqual(corpus.length * 3)
  })
})

describe('an answer where nothing is', () => {
  it('is a problem document with every protection, and repeats nothing of the request', async () => {
    const browser = openBrowser(closed())
    for (const path of [
      '/',
      '',
      '/nothing',
      '/<script>',
      '/%3Cscript%3E',
      '/sign-up/x',
      '/unknown/request',
      '/x/callback',
    ]) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
        const { status, text } = await browser.send(method, path)
        expect([status, text.includes('script')], `${method} ${path}`).toEqual([404, false])
      }
    }
  })

  it('is the same outside of the base path', async () => {
    for (const path of ['/', '/authx', '/auth', '/auth/', '/session', '/x/auth/session']) {
      const request = toRequest(home + path, { method: 'GET', cookie: '' })
      const { status, json } = await readAnswer(await closed().auth.fetch(request))
      expect([status, json['code']], path).toEqual([404, 'not_found'])
    }
  })
})
