/**
 * Input over HTTP, for every field of every route, made from the schemas that are served: what is not a text where a
 * text is meant is refused by name, and the database never hears of it (CVE-2013-0233, CVE-2019-16109); what a client
 * may not set is ignored (GHSA-99h5-pjcv-gr6v).
 */

import { beforeAll, describe, expect, it } from 'vitest'
import type { RouteDefinition } from '../../../src/http/index.js'
import { encodeForm, openBrowser } from '../../harness/http.js'
import type { Browser } from '../../harness/http.js'
import { shapesOf, strange } from '../../harness/inputs.js'
import { listRoutes, useSite } from '../../harness/site.js'
import { enterWithPassword, linkForms, pathOf, visit } from '../../harness/visits.js'

const site = useSite()
const routes = await listRoutes()
const changing = routes.filter(({ method }) => method !== 'GET')
const taking = changing.filter(({ input }) => input !== undefined)

let browser: Browser
beforeAll(async () => {
  browser = (await enterWithPassword(site())).browser
  // Gives the browser its name, so that no answer below has to.
  await browser.form('/recovery/request', { email: site().newEmail() })
})

// A form can't say null: it clears what it sends empty.
const clearedBy = (route: RouteDefinition): string => (route.id === 'account.profile' ? '""' : 'null')
const clearable = ['name', 'username', 'locale']
// Of these all fields may be missing.
const optional = ['user.update', 'account.profile']

// What the contract lets be cleared, or be an object.
const accepted: Readonly<Record<string, readonly string[]>> = {
  metadata: [
    'null',
    '{}',
    '{"toString":"x"}',
    '{"$ne":null}',
    '{"email":"somebody@example.com"}',
    '{"length":12}',
  ],
}

// A parked link that is missing is told after its try was charged, and the try is given back.
const budgets = { table: 'attempts' }

interface Fault {
  readonly field: string
}

describe.each(taking)('$method $path', (route) => {
  const fields = shapesOf(route).flatMap((shape) => Object.keys(shape).map((field) => ({ shape, field })))

  it('refuses whatever is no text, by the name of the field, without a query', async () => {
    expect(fields.length).toBeGreaterThan(0)
    await site().unchanged(async () => {
      for (const { shape, field } of fields) {
        for (const value of strange) {
          const told = JSON.stringify(value)
          if (clearable.includes(field) && told === clearedBy(route)) continue
          if (accepted[field]?.includes(told) === true) continue
          site().statements.length = 0
          const answer = await browser.send(route.method, pathOf(route), {
            json: { ...shape, [field]: value },
          })
          const where = `${field} ${told.slice(0, 60)} ${answer.text}`
          expect([answer.status, answer.json['code']], where).toEqual([422, 'input_invalid'])
          const named = (answer.json['fields'] as Fault[]).map((fault) => fault.field)
          expect(named, where).toEqual([told.length > 65_536 ? 'body' : expect.stringMatching(/^[a-zA-Z]+$/)])
          expect(answer.text, where).not.toContain('$ne')
          const known = route.access === 'public' ? 0 : 1
          expect(site().statements.length, where).toBe(known)
          for (const sent of site().statements.flatMap(({ values }) => values ?? []))
            expect(typeof sent === 'string' || sent instanceof Uint8Array, where).toBe(true)
        }
      }
    })
  })

  it('refuses a field that is missing, twice in a form, or only on a prototype', async () => {
    await site().unchanged(async () => {
      for (const { shape, field } of fields.filter((each) => typeof each.shape[each.field] === 'string')) {
        const texts = Object.fromEntries(
          Object.entries(shape).filter(([, value]) => typeof value === 'string'),
        )
        // The link that ends a session says the same for whatever does not end one.
        const ofLinks = route.id === 'magic-link.end' ? 200 : 303
        const refused = linkForms.includes(route.id) && !('code' in shape) ? ofLinks : 422
        const twice = `${encodeForm(texts)}&${field}=x`
        const answer = await browser.form(pathOf(route), twice, route.method)
        expect(answer.status, twice).toBe(refused)
        const many = await browser.form(pathOf(route), `${twice}${`&${field}=x`.repeat(5000)}`, route.method)
        expect(many.status).toBe(refused)
      }
      if (optional.includes(route.id)) return
      for (const inherited of ['__proto__', 'constructor', 'prototype']) {
        const raw = JSON.stringify({ [inherited]: shapesOf(route)[0] }).replace(
          '"constructor"',
          `"${inherited}"`,
        )
        const headers = { 'content-type': 'application/json' }
        const answer = await browser.send(route.method, pathOf(route), { raw, headers })
        expect([answer.status, answer.json['code']], raw).toEqual([422, 'input_invalid'])
      }
    }, budgets)
    expect(({} as Record<string, unknown>)['email']).toBeUndefined()
  })

  it('reads nothing but JSON objects and forms', async () => {
    const bodies = [
      'null',
      '[]',
      '"x"',
      '1',
      'NaN',
      '{"a":NaN}',
      '{',
      '{}{}',
      "{'a':1}",
      '\ufeff[]',
      '{"a":1}\u0000',
      '\u0000',
    ]
    await site().unchanged(async () => {
      for (const raw of bodies) {
        const headers = { 'content-type': 'application/json' }
        const { status, json } = await browser.send(route.method, pathOf(route), { raw, headers })
        expect([status, json['code']], raw).toEqual([422, 'input_invalid'])
      }
    })
  })
})

describe.each(changing)('$method $path', (route) => {
  const planted = '7d0c9a64-5a0e-4b6b-9c39-0a9d6d1f3c11'
  const instant = '1999-09-09T09:09:09.000Z'
  const more: Readonly<Record<string, unknown>> = {
    ...{
      id: planted,
      userId: planted,
      user_id: planted,
      sub: planted,
      user: { id: planted, role: 'planted' },
    },
    ...{
      role: 'planted',
      roles: ['planted'],
      admin: true,
      anonymous: true,
      privateMetadata: { a: 'planted' },
    },
    ...{
      verified: true,
      emailVerified: true,
      verifiedAt: instant,
      verified_at: instant,
      disabledAt: instant,
    },
    ...{
      createdAt: instant,
      created_at: instant,
      updatedAt: instant,
      authenticatedAt: instant,
      expiresAt: instant,
    },
    ...{
      methods: ['planted'],
      session: { id: planted },
      flow: planted,
      ip: '203.0.113.99',
      userAgent: 'planted',
    },
    ...{
      type: 'planted',
      value: 'planted@example.com',
      passwordless: false,
      hash: 'planted',
      passwordHash: 'planted',
    },
  }

  it('ignores what a client may not set (GHSA-99h5-pjcv-gr6v)', async () => {
    const { browser: visitor, path, body } = await visit(site(), route)
    const before = new Set(await site().rows())
    const query = encodeForm(more)
    const polluted = `{"__proto__":{"role":"planted","disabledAt":"${instant}"},"constructor":{"prototype":{"role":"planted"}},`
    const raw = polluted + JSON.stringify({ ...more, ...body }).slice(1)
    const headers = { 'content-type': 'application/json', 'x-user-id': planted, 'x-user-role': 'planted' }
    const answer = await visitor.send(route.method, `${path}?${query}`, { raw, headers })
    expect(answer.status, answer.text).toBeLessThan(400)
    const written = (await site().rows()).filter((row) => !before.has(row)).join('\n')
    for (const trace of ['planted', planted, '1999-09-09', '203.0.113.99']) {
      expect(written).not.toContain(trace)
      expect(answer.text).not.toContain(trace)
    }
    expect(({} as Record<string, unknown>)['role']).toBeUndefined()
  })
})

describe('metadata', () => {
  it('keeps constructor as a key of its own, and takes no prototype', async () => {
    const { browser: owner } = await enterWithPassword(site())
    const raw =
      '{"metadata":{"a":1,"constructor":{"prototype":{"role":"admin"}},"__proto__":{"role":"admin"}}}'
    const headers = { 'content-type': 'application/json' }
    const answer = await owner.send('PATCH', '/user', { raw, headers })
    expect(answer.status).toBe(200)
    const { user } = JSON.parse(answer.text) as { user: { metadata: object } }
    expect(Object.keys(user.metadata).sort()).toEqual(['a', 'constructor'])
    expect(({} as Record<string, unknown>)['role']).toBeUndefined()
  })
})

describe('a link that is opened', () => {
  it.each(routes.filter(({ id }) => id.endsWith('.open')))(
    'at $path parks nothing but a token',
    async ({ path }) => {
      const hostile = [
        '',
        '=',
        '=%00',
        '=%ff',
        '=%',
        '=a&token=b',
        `=${'x'.repeat(100_000)}`,
        '[]=a',
        '=../..',
        '=<b>',
        '=a%0d%0ab',
      ]
      for (const query of hostile) {
        const opened = openBrowser(site())
        site().statements.length = 0
        const { status, headers } = await opened.get(`${path}?token${query}`)
        expect([status, headers.get('location')], query).toEqual([303, '/auth/confirm'])
        expect([headers.getSetCookie(), site().statements], query).toEqual([[], []])
      }
    },
  )
})
