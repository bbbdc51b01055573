/** The toll on pages: solved by the script, or waited for without one. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestAuth } from '../../../src/testing/index.js'
import type { TestAuth } from '../../../src/testing/index.js'
import { newAddress, openBrowser } from '../../harness/http-client.js'
import type { Browser } from '../../harness/http-client.js'

let test: TestAuth
beforeAll(async () => {
  test = await createTestAuth({ limits: { messageGlobal: { limit: 1, window: '1h' } } })
  await openBrowser(test.auth, { address: newAddress() }).post('/magic-link/request', {
    email: 'a@example.com',
  })
})
afterAll(() => test.auth.close())

const fieldOf = (page: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? ''

async function send(browser: Browser, email: string, fields: Record<string, string> = {}) {
  const { text } = await browser.request('GET', '/sign-in', { headers: { accept: 'text/html' } })
  const body = new URLSearchParams({ _form: fieldOf(text, '_form'), email, ...fields }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' }
  return browser.request('POST', '/magic-link/request', { body, headers })
}

describe('a form of a stranger, when all together ask too often', () => {
  it('comes back with a challenge for the script, and with a wait for whoever has none', async () => {
    const browser = openBrowser(test.auth, { address: newAddress(), replaced: true })
    const email = 'waits@example.com'
    const refused = await send(browser, email)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('refresh')).toBe('60; url=/auth/sign-in')
    expect(refused.text).toContain('data-toll=')
    const wait = fieldOf(refused.text, '_toll')
    expect(wait).not.toBe('')
    expect((await send(browser, email, { _toll: wait })).status).toBe(429)
    test.clock.advance('61s')
    // What the refreshed page has in its form is the last that was given.
    const { text } = await browser.request('GET', '/sign-in', { headers: { accept: 'text/html' } })
    expect(fieldOf(text, '_toll')).not.toBe('')
    const sent = await send(browser, email, { _toll: wait })
    expect([sent.status, sent.headers.get('location')]).toEqual([
      303,
      expect.stringContaining('/auth/verify'),
    ])
    test.clock.advance('61s')
    expect((await send(browser, email, { _toll: wait })).status).toBe(429)
  })

  it('waits one at a time for a network, and for one address alone', async () => {
    const address = newAddress()
    const [one, two] = [1, 2].map(() => openBrowser(test.auth, { address, replaced: true })) as [
      Browser,
      Browser,
    ]
    const first = fieldOf((await send(one, 'one@example.com')).text, '_toll')
    const second = fieldOf((await send(two, 'two@example.com')).text, '_toll')
    test.clock.advance('61s')
    expect((await send(two, 'two@example.com', { _toll: first })).status).toBe(429)
    expect((await send(one, 'one@example.com', { _toll: first })).status).toBe(303)
    const late = await send(two, 'two@example.com', { _toll: second })
    expect([late.status, Number(late.headers.get('retry-after')) > 0]).toEqual([429, true])
    test.clock.advance('61s')
    expect((await send(two, 'two@example.com', { _toll: second })).status).toBe(303)
  })
})
