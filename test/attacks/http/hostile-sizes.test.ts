/** Hostile sizes and encodings: whatever is sent is answered by a refusal within 50 ms, and the process lives. */

import { describe, expect, it } from 'vitest'
import { costOf } from '../../harness/cost.js'
import { openBrowser, sessionCookie, toRequest } from '../../harness/http.js'
import type { Sent } from '../../harness/http.js'
import { home, listRoutes, useSite } from '../../harness/site.js'
import { enter, linkForms, pathOf } from '../../harness/visits.js'

const site = useSite()
const routes = await listRoutes()
const changing = routes.filter(({ method }) => method !== 'GET')
const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

const big = 'x'.repeat(10_000_000)
const chunk = new TextEncoder().encode('"'.padEnd(65_000, 'x'))

/** A body without a length, of which more than is read is never asked for. */
function endless(seen: { chunks: number }): ReadableStream {
  return new ReadableStream({
    pull(controller) {
      if (++seen.chunks > 1000) controller.close()
      else controller.enqueue(chunk)
    },
  })
}

/** What the answer costs, without the making of the request. */
async function costOfAnswer(method: string, path: string, sent: Sent): Promise<number> {
  const requests = Array.from({ length: 5 }, () =>
    toRequest(home + site().settings.basePath + path, { ...sent, method, cookie: '' }),
  )
  return costOf(() => site().auth.fetch(requests.pop() as Request))
}

const bodies: Readonly<Record<string, Sent>> = {
  'a password of a megabyte': { json: { email: 'a@example.com', password: 'x'.repeat(1_000_000) } },
  'a body of ten megabytes': { raw: big, headers: json },
  'a form of ten megabytes': { raw: `a=${big}`, headers: form },
  'a form of a million fields': { raw: 'a&'.repeat(1_000_000), headers: form },
  'ten megabytes that are said to be few': { raw: big, headers: { ...json, 'content-length': '2' } },
  'a length that is none': { raw: big, headers: { ...json, 'content-length': 'x' } },
  'arrays in arrays, 100,000 deep': {
    raw: `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    headers: json,
  },
  'objects in objects, as deep as fits': {
    raw: `{"metadata":${'{"a":'.repeat(9000)}1${'}'.repeat(9001)}`,
    headers: json,
  },
  'open arrays, as many as fit': { raw: '['.repeat(65_000), headers: json },
  'a number of 60,000 digits': { raw: '9'.repeat(60_000), headers: json },
  'broken UTF-8': { raw: new Uint8Array(60_000).fill(0xff), headers: json },
}

describe.each(Object.entries(bodies))('%s', (_, sent) => {
  it('is refused by every route that takes a body', async () => {
    let { browser } = await enter(site())
    for (const route of changing) {
      const answer = await browser.send(route.method, pathOf(route), sent)
      if (sent.headers === form && linkForms.includes(route.id)) {
        // The page of the link that ends a session is the same for every wrong link.
        const refused = route.id === 'magic-link.end' ? [200, null] : [303, '/auth/account']
        expect([answer.status, answer.headers.get('location')], route.id).toEqual(refused)
        continue
      }
      // Where no field must be, a small object is no fault, however deep; what it did may have ended the session.
      const mayBeEmpty = route.input === undefined || route.id === 'account.profile'
      if (mayBeEmpty && answer.status < 400) browser = (await enter(site())).browser
      else expect([404, 422], `${route.id} ${answer.text}`).toContain(answer.status)
    }
  })

  it('costs under 50 ms', async () => {
    expect(await costOfAnswer('POST', '/sign-up', sent)).toBeLessThan(50)
  })
})

it('a body without end is read to the limit, and no further', async () => {
  const { browser } = await enter(site())
  for (const route of changing) {
    const seen = { chunks: 0 }
    const { status } = await browser.send(route.method, pathOf(route), { raw: endless(seen), headers: json })
    expect([status, seen.chunks < 5], route.id).toEqual([422, true])
  }
})

describe('cookies', () => {
  const headers: Readonly<Record<string, string>> = {
    malformed: `;;==;%E0%A4%A; ${sessionCookie}; =x; \u00ff=1; a="b`,
    percent: `${sessionCookie}=%; ${sessionCookie}-flow=%ff; ${sessionCookie}-step=%00`,
    prototype: '__proto__=x; constructor=x; hasOwnProperty=x; toString=x',
    long: `${sessionCookie}=${'x'.repeat(100_000)}`,
    many: Array.from({ length: 5000 }, (_, index) => `${sessionCookie}=${index}`).join('; '),
    semicolons: ';'.repeat(100_000),
    spaces: ' '.repeat(100_000),
    names: `${sessionCookie};`.repeat(5000),
    sealed: `${sessionCookie}-step=${'A'.repeat(4096)}`,
  }

  it.each(Object.entries(headers))('that are %s name nobody, in under 50 ms', async (_, cookie) => {
    const stranger = openBrowser(site())
    for (const route of routes.filter(({ access }) => access !== 'public')) {
      expect((await stranger.send(route.method, pathOf(route), { headers: { cookie } })).status).toBe(401)
    }
    expect(
      (await stranger.send('POST', '/magic-link/callback', { json: {}, headers: { cookie } })).status,
    ).toBe(422)
    expect(await costOfAnswer('GET', '/sessions', { headers: { cookie } })).toBeLessThan(50)
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })
})

describe('percent-encoding', () => {
  it('that is malformed is nobody’s, in under 50 ms', async () => {
    const { browser } = await enter(site())
    for (const path of [
      '/%',
      '/%zz',
      '/%ff',
      '/sessions/%',
      '/sessions/%E0%A4%A',
      `/sessions/${'%25'.repeat(10_000)}`,
    ]) {
      for (const method of ['GET', 'DELETE']) {
        const answer = await browser.send(method, path)
        expect(answer.status, path).toBe(404)
        expect(await costOfAnswer(method, path, {})).toBeLessThan(50)
      }
    }
    for (const raw of ['email=%', 'email=%ff&password=%zz', '%=%', `email=${'%'.repeat(60_000)}`]) {
      const answer = await browser.form('/sign-up', raw)
      expect(answer.status, raw.slice(0, 40)).toBe(422)
    }
  })
})

describe('every other header', () => {
  const names = [
    'user-agent',
    'x-forwarded-for',
    'content-type',
    'accept',
    'authorization',
    'referer',
    'forwarded',
  ]
  const values = [
    'a, '.repeat(30_000),
    'x'.repeat(100_000),
    '\u00e9\u00ff'.repeat(1000),
    '[::'.repeat(30_000),
  ]

  it.each(names)('%s of 100 kB, or of bytes that are no text, is read in under 50 ms', async (name) => {
    for (const value of values) {
      const sent = { raw: '{"email":"a@example.com"}', headers: { ...json, [name]: value } }
      expect((await openBrowser(site()).send('POST', '/sign-up', sent)).status).toBe(422)
      expect(await costOfAnswer('POST', '/sign-up', sent)).toBeLessThan(50)
    }
  })
})
