/** Cookies that somebody else put there: none is adopted, and what is ambiguous is nobody's (CVE-2022-25896). */

import { describe, expect, it } from 'vitest'
import { otherPassword } from '../../../src/testing/suite/case.js'
import { refusalIn } from '../../harness/answers.js'
import { costOf } from '../../harness/cost.js'
import { flowCookie, openBrowser, sessionCookie, toRequest } from '../../harness/http.js'
import type { Browser } from '../../harness/http.js'
import { home, listRoutes, useSite } from '../../harness/site.js'
import { enter, tokenTo, visit } from '../../harness/visits.js'

const site = useSite()
const signingIn = (await listRoutes()).filter(({ answers }) =>
  Object.values(answers).some(({ description }) => description.startsWith('Signed in')),
)

const tokenOf = ({ cookies }: Browser): string => cookies.get(sessionCookie) ?? ''

async function userOf(browser: Browser): Promise<unknown> {
  return ((await browser.get('/session')).json['user'] as { id: string } | undefined)?.id
}

/** The status of the session of a request with this whole `Cookie` header. */
async function statusOf(cookie: string): Promise<number> {
  return (await openBrowser(site()).send('GET', '/session', { headers: { cookie } })).status
}

it('every strategy that ships signs in by one of these routes', () => {
  expect(signingIn.map(({ id }) => id).sort()).toEqual([
    'email-otp.callback',
    'magic-link.callback',
    'magic-link.finish',
    'password.request',
    'sms-otp.callback',
    'whatsapp.callback',
  ])
})

describe.each(signingIn)('signing in by $method $path', (route) => {
  it('never adopts a session that was planted, and ends it (CVE-2022-25896)', async () => {
    const { browser: attacker } = await enter(site())
    const attackers = await userOf(attacker)
    const { browser, path, body } = await visit(site(), route)
    browser.cookies.set(sessionCookie, tokenOf(attacker))
    const answer = await browser.send(route.method, path, { json: body ?? {} })
    expect(answer.status).toBe(200)
    expect(tokenOf(browser)).not.toBe(tokenOf(attacker))
    expect(await userOf(browser)).not.toBe(attackers)
    expect((await attacker.get('/session')).status).toBe(401)
  })

  it('makes a new token each time, whatever stood in the cookie', async () => {
    for (const planted of ['x', 'A'.repeat(64), '']) {
      const { browser, path, body } = await visit(site(), route)
      browser.cookies.set(sessionCookie, planted)
      await browser.send(route.method, path, { json: body ?? {} })
      expect(tokenOf(browser)).toMatch(/^[A-Za-z0-9_-]{64}$/)
      expect(tokenOf(browser)).not.toBe(planted)
      expect(await statusOf(`${sessionCookie}=${tokenOf(browser)}`)).toBe(200)
    }
  })
})

describe('the session of a browser', () => {
  it('ends when somebody signs in there again', async () => {
    const { browser, email } = await enter(site())
    const first = tokenOf(browser)
    await browser.post('/magic-link/request', { email })
    await browser.post('/magic-link/callback', { token: await tokenTo(site(), email) })
    expect(tokenOf(browser)).not.toBe(first)
    expect([await statusOf(`${sessionCookie}=${first}`), (await browser.get('/session')).status]).toEqual([
      401, 200,
    ])
  })

  it('ends with a recovery, which signs in nobody and leaves no cookie', async () => {
    const { browser, email } = await enter(site())
    const first = tokenOf(browser)
    await browser.post('/recovery/request', { email })
    const body = { token: await tokenTo(site(), email), password: otherPassword }
    expect((await browser.post('/recovery/callback', body)).status).toBe(200)
    expect([browser.cookies.has(sessionCookie), await statusOf(`${sessionCookie}=${first}`)]).toEqual([
      false,
      401,
    ])
  })

  it('ends with a sign-out, also where the cookie is sent once more', async () => {
    const { browser } = await enter(site())
    const first = tokenOf(browser)
    await browser.send('DELETE', '/session')
    expect([browser.cookies.has(sessionCookie), await statusOf(`${sessionCookie}=${first}`)]).toEqual([
      false,
      401,
    ])
  })
})

describe('a Cookie header', () => {
  it('with two sessions is nobody’s, in either order, and is cleared', async () => {
    const [one, other] = [await enter(site()), await enter(site())].map(({ browser }) => tokenOf(browser))
    for (const pair of [
      [one, other],
      [other, one],
      ['x', one],
      [one, ''],
      ['', one],
    ]) {
      const cookie = pair.map((token) => `${sessionCookie}=${token}`).join('; ')
      const answer = await openBrowser(site()).send('GET', '/sessions', { headers: { cookie } })
      expect([answer.status, answer.headers.getSetCookie()[0]], cookie).toEqual([
        401,
        expect.stringMatching(/^__Host-latchkey=; Max-Age=0/),
      ])
      expect(await statusOf(cookie), cookie).toBe(401)
    }
    expect(await statusOf(`${sessionCookie}=${one}; ${sessionCookie}=${one}`)).toBe(200)
  })

  it('is read for one name alone, and no look-alike of it', async () => {
    const token = tokenOf((await enter(site())).browser)
    const names = [
      'latchkey',
      '__host-latchkey',
      '__HOST-LATCHKEY',
      '__Host-Latchkey',
      '__Secure-latchkey',
      '__Host-latchkey2',
      '__Host-latchkey.',
      '__Host-latchkey%20',
      '__Host-latchkey\u00a0',
      'x__Host-latchkey',
      '__Host-__Host-latchkey',
      '%5f_Host-latchkey',
      '"__Host-latchkey"',
      '$__Host-latchkey',
      'a=__Host-latchkey',
      flowCookie,
      `${sessionCookie}-step`,
    ]
    for (const name of names) expect(await statusOf(`${name}=${token}`), name).toBe(401)
    for (const value of [`"${token}"`, `${token},`, `${token}%00`, `=${token}`, `%${token.slice(1)}`])
      expect(await statusOf(`${sessionCookie}=${value}`), value).toBe(401)
    expect(await statusOf(`latchkey=x; __Host-latchkey2=y;${sessionCookie}=${token}`)).toBe(200)
  })

  it('of two hundred cookies holds the one session, in under 50 ms', async () => {
    const token = tokenOf((await enter(site())).browser)
    const others = Array.from({ length: 200 }, (_, index) => `cookie-${index}=${'v'.repeat(40)}`)
    const cookie = [...others, `${sessionCookie}=${token}`, ...others].join('; ')
    expect(await statusOf(cookie)).toBe(200)
    const url = `${home}/auth/session`
    expect(await costOf(() => site().auth.fetch(toRequest(url, { method: 'GET', cookie })))).toBeLessThan(50)
  })

  it('with two names of the browser has none, so that no form and no link is its own', async () => {
    const victim = openBrowser(site())
    const email = site().newEmail()
    await victim.post('/magic-link/request', { email })
    const flow = victim.cookies.get(flowCookie) ?? ''
    const cookie = `${flowCookie}=00000000-0000-4000-8000-000000000000; ${flowCookie}=${flow}`
    const form = `email=${email}&_form=${site().formToken(flow)}`
    const posted = await openBrowser(site()).send('POST', '/magic-link/request', {
      form,
      headers: { cookie },
    })
    expect([posted.status, refusalIn(posted)]).toEqual([403, 'forbidden_origin'])
    const json = { token: await tokenTo(site(), email) }
    const redeemed = await openBrowser(site()).send('POST', '/magic-link/callback', {
      json,
      headers: { cookie },
    })
    expect([redeemed.status, redeemed.json['code']]).toEqual([409, 'confirmation_required'])
    expect((await victim.post('/magic-link/callback', json)).status).toBe(200)
  })

  it('of a browser’s name that we did not make is given another', async () => {
    for (const planted of [
      'x',
      'A'.repeat(36),
      '00000000-0000-4000-8000-00000000000G',
      '../../../../../../../../../../../..',
    ]) {
      const browser = openBrowser(site(), new Map([[flowCookie, planted]]))
      await browser.post('/recovery/request', { email: site().newEmail() })
      expect(browser.cookies.get(flowCookie)).toMatch(/^[A-Za-z0-9_-]{22}$/)
      expect(browser.cookies.get(flowCookie)).not.toBe(planted)
    }
  })

  it('of a parked link that another key sealed, or none, parks nothing', async () => {
    const { browser, email } = await enter(site())
    await browser.post('/magic-link/request', { email })
    await browser.get(`/magic-link/callback?token=${await tokenTo(site(), email)}`)
    const sealed = browser.cookies.get(`${sessionCookie}-step`) ?? ''
    expect(sealed).not.toBe('')
    const middle = Math.floor(sealed.length / 2)
    const flipped = sealed.slice(0, middle) + (sealed[middle] === 'A' ? 'B' : 'A') + sealed.slice(middle + 1)
    for (const planted of [
      flipped,
      sealed.slice(1),
      'x',
      Buffer.from('{"link":{"type":"sign_in"}}').toString('base64url'),
    ]) {
      const other = browser.copy()
      other.cookies.set(`${sessionCookie}-step`, planted)
      const answer = await other.post('/magic-link/callback')
      expect([answer.status, answer.json['code']]).toEqual([422, 'input_invalid'])
    }
    expect((await browser.post('/magic-link/callback')).status).toBe(200)
  })
})
