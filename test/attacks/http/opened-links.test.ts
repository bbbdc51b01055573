/**
 * Links that machines open: a hundred fetches by GET and HEAD consume nothing, and then the person's own POST works,
 * once. And what a link says is ours alone: no header of the request has a part in it (GHSA-3529-5m8x-rpv3,
 * GHSA-569q-mpph-wgww).
 */

import { describe, expect, it } from 'vitest'
import { goodPassword, otherPassword } from '../../../src/testing/suite/case.js'
import { openBrowser } from '../../harness/http.js'
import type { Browser } from '../../harness/http.js'
import { home, listRoutes, useSite } from '../../harness/site.js'
import type { Site } from '../../harness/site.js'
import { askForChange, enter, signUp } from '../../harness/visits.js'

const site = useSite()
const routes = await listRoutes()

interface Sent {
  readonly browser: Browser
  readonly email: string
  readonly body: Readonly<Record<string, unknown>>
}

const kinds: Readonly<Record<string, (at: Site) => Promise<Sent>>> = {
  '/verification/callback': async (at) => ({ ...(await signUp(at)), body: {} }),
  async '/magic-link/callback'(at) {
    const [browser, email] = [openBrowser(at), at.newEmail()]
    await browser.post('/magic-link/request', { email })
    return { browser, email, body: {} }
  },
  async '/recovery/callback'(at) {
    const { browser, email } = await enter(at)
    await browser.post('/recovery/request', { email })
    return { browser, email, body: { password: otherPassword } }
  },
  async '/email-change/callback'(at) {
    const { browser, email } = await askForChange(at)
    return { browser, email, body: {} }
  },
}

it('every route that opens a link is tried below', () => {
  const opening = routes.filter(({ method, id }) => method === 'GET' && id.endsWith('.open'))
  expect(opening.map(({ path }) => path).sort()).toEqual(Object.keys(kinds).sort())
})

describe.each(Object.entries(kinds))('a link to %s', (path, send) => {
  it('outlives a hundred fetches, and then works once', async () => {
    const { browser, email, body } = await send(site())
    const { link = '', token } = await site().inbox.latest(email)
    expect(link).toBe(`${home}/auth${path}?token=${token}`)
    const below = `${path}?token=${token}`
    await site().unchanged(async () => {
      for (let fetched = 0; fetched < 50; fetched++) {
        const scanner = fetched % 2 === 0 ? browser : openBrowser(site())
        for (const method of ['GET', 'HEAD']) {
          const { status, headers } = await scanner.send(method, below)
          expect([status, headers.get('location')]).toEqual([303, '/auth/confirm'])
          expect(headers.getSetCookie().join()).not.toContain(token)
        }
      }
      // Prefetched with what the browser holds already, followed to the page, and tried as if it were a POST.
      for (const purpose of ['prefetch', 'preview'])
        await browser.send('GET', below, { headers: { 'sec-purpose': purpose } })
      await browser.send('GET', `${below}&_method=POST`, { headers: { 'x-http-method-override': 'POST' } })
    })
    expect((await browser.post(path, body)).status).toBe(200)
    const again = await browser.post(path, { ...body, token })
    expect([again.status, again.json['code']]).toEqual([400, 'invalid_token'])
  })

  it('leads to our own origin, whatever the request says that it came to', async () => {
    const forged = {
      host: 'evil.test',
      'x-forwarded-host': 'evil.test',
      'x-forwarded-server': 'evil.test',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '8080',
      'x-forwarded-prefix': '/evil.test',
      'x-forwarded-for': 'evil.test',
      'x-original-url': '/evil.test',
      'x-rewrite-url': '/evil.test',
      'x-host': 'evil.test',
      forwarded: 'for=192.0.2.1;host=evil.test;proto=http',
      referer: 'https://evil.test/',
    }
    const sends: [path: string, method: string][] = [
      ['/sign-up', 'POST'],
      ['/verification/request', 'POST'],
      ['/magic-link/request', 'POST'],
      ['/email-otp/request', 'POST'],
      ['/recovery/request', 'POST'],
      [`${path}?token=AAAA`, 'GET'],
    ]
    const { browser, email } = await send(site())
    await site().inbox.clear()
    for (const [to, method] of sends) {
      const json = { email, password: goodPassword }
      const sent = { host: 'http://evil.test:8080', headers: forged, ...(method === 'POST' && { json }) }
      const answer = await browser.copy().send(method, to, sent)
      expect([202, 303], to).toContain(answer.status)
      expect(`${answer.text} ${JSON.stringify([...answer.headers])}`).not.toContain('evil.test')
    }
    const messages = await site().inbox.all()
    expect(messages.length).toBeGreaterThan(1)
    for (const { link } of messages)
      expect(link === undefined || new URL(link).origin === home, link).toBe(true)
    expect(JSON.stringify(messages)).not.toContain('evil.test')
  })
})
