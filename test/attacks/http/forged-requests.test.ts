/**
 * Forged requests on every route that changes state, made from the list that is served: what another site can have a
 * browser send, as JSON or as a form, is refused, and nothing changes. The same request from the application's own page
 * works, so that no refusal here has another cause.
 */

import { describe, expect, it } from 'vitest'
import type { RouteDefinition } from '../../../src/http/index.js'
import { findRoute, refusalIn } from '../../harness/answers.js'
import { encodeForm, flowCookie, openBrowser } from '../../harness/http.js'
import type { Browser, RawBody, Sent } from '../../harness/http.js'
import { differences, home, listRoutes, useSite } from '../../harness/site.js'
import { visit } from '../../harness/visits.js'
import type { Visit } from '../../harness/visits.js'

const site = useSite()
const routes = await listRoutes()
const changing = routes.filter(({ method }) => method !== 'GET')

const origins: readonly (string | null)[] = [
  null,
  '',
  'null',
  'https://evil.test',
  'https://other.app.example',
  'https://example',
  'https://evilapp.example',
  'https://app.example.evil.test',
  'https://app.example@evil.test',
  'https://evil.test/https://app.example',
  'http://app.example',
  'https://app.example:8443',
  'https://app.example:443',
  'https://app.example/',
  'https://app.example.',
  'https://APP.example',
  'app.example',
  'https://app.example, https://evil.test',
  'https://evil.test https://app.example',
  'file://',
]

const sites = ['cross-site', 'same-site', 'none', '', 'Same-Origin', 'same-origin, cross-site']

/** Headers by which another site's page gives itself away, or by which nobody can tell whose page it is. */
const foreign: readonly Readonly<Record<string, string | null>>[] = [
  ...origins.map((origin) => ({ origin })),
  ...sites.map((each) => ({ origin: null, 'sec-fetch-site': each })),
  { origin: null, referer: `${home}/auth/sign-in` },
  { origin: 'https://evil.test', 'sec-fetch-site': 'same-origin' },
  { origin: 'null', 'sec-fetch-site': 'same-origin' },
]

/** One of each class, for what costs a page to refuse. */
const foreignForms: typeof foreign = [
  ...[
    null,
    '',
    'null',
    'https://evil.test',
    'https://other.app.example',
    'https://app.example.evil.test',
  ].map((origin) => ({ origin })),
  { origin: 'http://app.example' },
  { origin: null, 'sec-fetch-site': 'cross-site' },
  { origin: null, 'sec-fetch-site': 'same-site' },
  { origin: 'null', 'sec-fetch-site': 'same-origin' },
]

/** Sends what is forged. */
async function forge(browser: Browser, method: string, path: string, sent: Sent) {
  site().statements.length = 0
  const answer = await browser.send(method, path, sent)
  return { status: answer.status, code: refusalIn(answer), statements: site().statements.length }
}

/** The token of a browser's own forms; one without a name is given its name first. */
async function tokenOf(browser: Browser): Promise<string> {
  if (!browser.cookies.has(flowCookie)) await browser.post('/recovery/request', { email: site().newEmail() })
  return site().formToken(browser.cookies.get(flowCookie) ?? '')
}

async function works(route: RouteDefinition, { browser, path }: Visit, sent: Sent): Promise<void> {
  const before = await site().rows()
  const answer = await browser.send(route.method, path, sent)
  expect(answer.status, answer.text).toBeLessThan(400)
  expect(differences(before, await site().rows())).not.toEqual([])
}

describe.each(changing)('$method $path', (route) => {
  it('is refused from any origin but ours, before a statement is sent or a body is read', async () => {
    const visited = await visit(site(), route)
    const { browser, path, body = {} } = visited
    // The token of the browser itself: what is refused here is refused for its origin alone.
    const form = `${encodeForm(body)}&_form=${await tokenOf(browser)}`
    await site().unchanged(async () => {
      const asJson = foreign.map((headers): Sent => ({ json: body, headers }))
      const asForms = foreignForms.map((headers): Sent => ({ form, headers }))
      for (const sent of [...asJson, ...asForms]) {
        const { status, code, statements } = await forge(browser, route.method, path, sent)
        expect([status, code, statements], JSON.stringify(sent)).toEqual([403, 'forbidden_origin', 0])
      }
      for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
        let pulled = 0
        const raw = new ReadableStream(
          {
            pull() {
              pulled++
            },
          },
          { highWaterMark: 0 },
        )
        const headers = { 'content-type': type, origin: 'https://evil.test' }
        expect(await forge(browser, route.method, path, { raw, headers })).toMatchObject({ status: 403 })
        expect(pulled, type).toBe(0)
      }
    })
    await works(route, visited, { json: body })
  })

  it('is refused without an origin, unless the browser says that it is ours', async () => {
    const visited = await visit(site(), route)
    const { browser, path, body: json = {} } = visited
    const anonymous = openBrowser(site())
    const nobody = { json, headers: { origin: 'https://evil.test' } }
    await site().unchanged(async () => {
      expect((await forge(anonymous, route.method, path, nobody)).code).toBe('forbidden_origin')
      expect((await forge(browser, route.method, path, { json, headers: { origin: null } })).status).toBe(403)
    })
    await works(route, visited, { json, headers: { origin: null, 'sec-fetch-site': 'same-origin' } })
  })

  it('takes JSON by its name alone, and no other type that a form of another site can post', async () => {
    const visited = await visit(site(), route)
    const { browser, path, body = {} } = visited
    const text = JSON.stringify(body)
    const multipart = `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n`
    const typed = (type: string | null, raw: RawBody): Sent => ({ raw, headers: { 'content-type': type } })
    const posts: readonly Sent[] = [
      typed('text/plain', text),
      typed('text/plain;charset=UTF-8', text),
      typed('text/plain; application/json', text),
      typed('text/plain, application/json', text),
      typed('application/json, text/plain', text),
      typed('application/jsonp', text),
      typed('text/json', text),
      typed('application/csp-report', text),
      typed('multipart/form-data; boundary=x', multipart),
      typed(null, new TextEncoder().encode(text)),
    ]
    await site().unchanged(async () => {
      for (const post of posts) {
        const { status, code } = await forge(browser, route.method, path, post)
        expect([status, code], JSON.stringify(post)).toEqual([422, 'input_invalid'])
      }
    })
    await works(route, visited, typed('Application/JSON; charset=utf-8', text))
  })

  it('takes a form with the token of its own browser alone', async () => {
    const visited = await visit(site(), route)
    const { browser, path, body = {} } = visited
    const foreignToken = await tokenOf(openBrowser(site()))
    const own = await tokenOf(browser)
    const unnamed = browser.copy()
    unnamed.cookies.delete(flowCookie)
    const fields = encodeForm(body)
    const tokens = [
      '',
      '_form=',
      `_form=${foreignToken}`,
      `_form=${own}x`,
      `_form=${own}&_form=${own}`,
      `_form[]=${own}`,
    ]
    await site().unchanged(async () => {
      for (const token of [...tokens, `_form=${own.slice(1)}`, `_FORM=${own}`, `_form=${own}%00`]) {
        const { status, code } = await forge(browser, route.method, path, { form: `${fields}&${token}` })
        expect([status, code], token).toEqual([403, 'forbidden_origin'])
      }
      const lent = await forge(unnamed, route.method, path, { form: `${fields}&_form=${own}` })
      expect([lent.status, lent.code]).toEqual([403, 'forbidden_origin'])
    })
    await works(route, visited, { form: `${fields}&_form=${own}` })
  })

  it('is not reached by another method that names this one', async () => {
    const visited = await visit(site(), route)
    const { browser, path, body = {} } = visited
    const { method } = route
    const overrides = ['x-http-method-override', 'x-http-method', 'x-method-override']
    const headers = Object.fromEntries(overrides.map((name) => [name, method]))
    const query = `${path}?_method=${method}&${encodeForm(body)}`
    await site().unchanged(async () => {
      for (const other of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const known = findRoute(routes, other, path)
        if (other === method || (known !== undefined && known.method !== 'GET')) continue
        const sent = ['GET', 'HEAD'].includes(other)
          ? { headers }
          : { headers, json: { ...body, _method: method } }
        const { status } = await forge(browser, other, query, sent)
        if (known === undefined) expect(status, `${other} ${query}`).toBe(404)
        else expect(status, `${other} ${query}`).toBeLessThan(400)
      }
    })
    await works(route, visited, { json: body })
  })
})
