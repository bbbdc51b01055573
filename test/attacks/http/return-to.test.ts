/**
 * Where a sign-in returns to: nowhere but to a place of ours, and once (GHSA-vp58-j275-797x). What is refused leads to the
 * account, as if nothing had been asked for.
 */

import { describe, expect, it } from 'vitest'
import { encodeForm, openBrowser, stepCookie } from '../../harness/http.js'
import type { Browser } from '../../harness/http.js'
import { home, useSite } from '../../harness/site.js'
import { enter } from '../../harness/visits.js'

const site = useSite()
const account = '/auth/account'

const hostile = [
  'https://evil.test',
  'http://evil.test/',
  '//evil.test',
  '///evil.test',
  '/\\evil.test',
  '\\/evil.test',
  '\\\\evil.test',
  'https:evil.test',
  'https:/evil.test',
  'https://app.example@evil.test',
  'https://app.example.evil.test',
  'https://app.example',
  '/\tevil.test',
  '/\t/evil.test',
  '/\n/evil.test',
  '/\r\nLocation: https://evil.test',
  '/%0d%0aLocation:%20https://evil.test',
  '/%09/evil.test',
  '/%2f%2fevil.test',
  '/%2Fevil.test',
  '/%252f%252fevil.test',
  '/%5cevil.test',
  '/.//evil.test',
  '/..//evil.test',
  '/x/..//evil.test',
  '/..;/evil.test',
  '/;/evil.test',
  '/ /evil.test',
  ' //evil.test',
  '\u0000//evil.test',
  '/\u2028/evil.test',
  '/\uff0fevil.test',
  '\uff0f\uff0fevil.test',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)//evil.test',
  'data:text/html,evil.test',
  'evil.test',
  '.evil.test',
  '@evil.test',
  ':80@evil.test',
  '?//evil.test',
  '',
  `/${'x'.repeat(1024)}`,
]

const local = ['/', '/projects', '/projects/7?tab=people#last', '/a%20b', '/?next=https://elsewhere.example/']

const asked = (path: string, returnTo: string): string => `${path}?${encodeForm({ return_to: returnTo })}`

/** Signs in by a code on the pages; gives where that leads. */
async function signIn(browser: Browser): Promise<string | null> {
  const email = site().newEmail()
  await browser.form('/email-otp/request', { email })
  const { code = '' } = await site().inbox.latest(email)
  const { status, headers } = await browser.form('/email-otp/callback', { email, code })
  expect(status).toBe(303)
  return headers.get('location')
}

describe.each(['/sign-in', '/sign-up'])('%s?return_to=', (path) => {
  it('keeps no hostile place, and puts none into the page', async () => {
    const browser = openBrowser(site())
    for (const to of hostile) {
      const opened = await browser.open(asked(path, to))
      expect([opened.status, opened.headers.get('location')], to).toEqual([200, null])
      expect(browser.cookies.has(stepCookie), to).toBe(false)
      expect(opened.text, to).not.toContain('evil.test')
    }
    const { browser: known } = await enter(site())
    for (const to of hostile)
      expect((await known.open(asked(path, to))).headers.get('location'), to).toBe(account)
  })

  it.each(local)('leads to %s after the sign-in, once', async (to) => {
    const browser = openBrowser(site())
    await browser.open(asked(path, to))
    const location = await signIn(browser)
    expect(location).toBe(to)
    expect(new URL(location ?? '', home).origin).toBe(home)
    expect((await browser.open(path)).headers.get('location')).toBe(account)
  })

  it('given twice, or as a list, is no place', async () => {
    for (const query of [
      'return_to=/a&return_to=//evil.test',
      'return_to[]=/a',
      'return_to=/a&return_to=/a',
    ]) {
      const browser = openBrowser(site())
      await browser.open(`${path}?${query}`)
      expect(await signIn(browser), query).toBe(account)
    }
  })
})

it.each(hostile)('a sign-in that was opened with %j leads to the account', async (to) => {
  const browser = openBrowser(site())
  await browser.open(asked('/sign-in', to))
  expect(await signIn(browser)).toBe(account)
})

describe('a place to return to', () => {
  it('is kept sealed: no other browser, and no cookie that was written by hand, has one', async () => {
    const first = openBrowser(site())
    await first.open(asked('/sign-in', '/projects'))
    const sealed = first.cookies.get(stepCookie) ?? ''
    expect(sealed).not.toContain('projects')
    const written = Buffer.from(JSON.stringify({ returnTo: '//evil.test' })).toString('base64url')
    for (const planted of [written, `${sealed.slice(0, -2)}AA`, 'x']) {
      const other = openBrowser(site(), new Map([[stepCookie, planted]]))
      expect(await signIn(other)).toBe(account)
    }
    expect(await signIn(first)).toBe('/projects')
  })

  it('is where a page that asked for a session stands, and never another origin that the request names', async () => {
    const browser = openBrowser(site())
    const headers = { accept: 'text/html', 'x-forwarded-host': 'evil.test', referer: 'https://evil.test/' }
    const refused = await browser.send('GET', '/account?x=//evil.test', {
      headers,
      host: 'https://evil.test',
    })
    expect([refused.status, refused.headers.get('location')]).toEqual([303, '/auth/sign-in'])
    expect(await signIn(browser)).toBe('/auth/account?x=//evil.test')
  })

  it('asked for by JSON is none: what a client returns to is its own affair', async () => {
    const { browser } = await enter(site())
    const { status, headers } = await browser.send('POST', '/sign-up?return_to=//evil.test', {
      json: { email: site().newEmail(), password: 'a good long password of hers', return_to: '//evil.test' },
    })
    expect([status, headers.get('location')]).toEqual([202, null])
  })
})
