/**
 * Whoever read the cookie that names a browser once, and uses the name after the owner signed in or out: nothing that is
 * begun from then on is theirs. What the owner had begun before still works for ten minutes, in every tab.
 */

import { describe, expect, it } from 'vitest'
import { enter as enterAccount, goodPassword } from '../../../src/testing/suite/case.js'
import { postgres } from '../../harness/engines.js'
import type { Browser } from '../../harness/http-client.js'
import { arrive, openBrowser, refusalOf, roomy } from '../../harness/http-client.js'
import { useKit } from '../../harness/kit.js'
import { createPerson, formsOf } from '../../harness/person.js'
import type { FoundForm } from '../../harness/person.js'

const kit = useKit(postgres.open, roomy)
const flowCookie = 'latchkey-flow'

const nameOf = (browser: Browser): string => (browser.jar.get(flowCookie) ?? '').split('.')[0] ?? ''

/** Another browser that has read the name of this one, and nothing else. */
function thief(browser: Browser): Browser {
  const other = openBrowser(kit().auth)
  other.jar.set(flowCookie, browser.jar.get(flowCookie) ?? '')
  return other
}

/** Lets the browser that asked for a link sign in, from elsewhere, by the number that it shows. */
async function approve(browser: Browser, email: string): Promise<void> {
  const { token } = await kit().inbox.latest(email)
  const { number } = (await browser.get('/magic-link/wait')).json
  const approved = await openBrowser(kit().auth).post('/magic-link/approve', { token, number })
  expect(refusalOf(approved)).toBe('200 approved')
}

describe('the name of a browser', () => {
  it('has 128 random bits, and is new after every sign-in and every sign-out', async () => {
    const browser = openBrowser(kit().auth)
    await browser.post('/magic-link/request', { email: kit().newEmail() })
    const names = [nameOf(browser)]
    await arrive(kit(), browser)
    names.push(nameOf(browser))
    await browser.delete('/session')
    names.push(nameOf(browser))
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(new Set(names).size).toBe(3)
  })

  it('stays where somebody signs in again who is signed in there already', async () => {
    const browser = openBrowser(kit().auth)
    const email = await arrive(kit(), browser)
    const name = nameOf(browser)
    expect((await browser.post('/password/request', { email, password: goodPassword })).status).toBe(200)
    expect(nameOf(browser)).toBe(name)
  })

  it.each(['signed in', 'signed out'])(
    'read before its owner %s takes over no approved sign-in afterwards',
    async (what) => {
      const owner = openBrowser(kit().auth)
      const email = await arrive(kit(), owner)
      if (what === 'signed in') await owner.delete('/session')
      const stranger = thief(owner)
      if (what === 'signed in') await owner.post('/password/request', { email, password: goodPassword })
      await owner.delete('/session')
      expect(refusalOf(await owner.post('/magic-link/request', { email }))).toBe('202 verification_sent')
      await approve(owner, email)
      expect((await stranger.get('/magic-link/wait')).json).toEqual({ status: 'none' })
      expect(refusalOf(await stranger.post('/magic-link/wait'))).toBe('202 waiting')
      const { token, code } = await kit().inbox.latest(email)
      expect(refusalOf(await stranger.post('/magic-link/callback', { token }))).toBe(
        '409 confirmation_required',
      )
      expect(refusalOf(await stranger.post('/email-otp/callback', { email, code }))).toBe('400 invalid_token')
      expect((await owner.post('/magic-link/wait')).status).toBe(200)
    },
  )

  it('before still redeems what was begun under it, for ten minutes: a link, a code, an approval', async () => {
    for (const way of ['link', 'code', 'approval'] as const) {
      const { identity } = await enterAccount(kit())
      const email = identity.value
      const browser = openBrowser(kit().auth)
      await browser.post('/magic-link/request', { email })
      const { token, code } = await kit().inbox.latest(email)
      // Another tab signs in as somebody else meanwhile.
      await arrive(kit(), browser)
      if (way === 'approval') await approve(browser, email)
      const answer =
        way === 'code'
          ? await browser.post('/email-otp/callback', { email, code })
          : way === 'approval'
            ? await browser.post('/magic-link/wait')
            : await browser.post('/magic-link/callback', { token })
      expect([way, answer.status]).toEqual([way, 200])
    }
  })

  it('before counts for nothing after ten minutes, and where it was not signed by this server', async () => {
    const browser = openBrowser(kit().auth)
    await browser.post('/magic-link/request', { email: kit().newEmail() })
    const before = nameOf(browser)
    await arrive(kit(), browser)
    const cookie = browser.jar.get(flowCookie) ?? ''
    const [current = '', previous, until = '', mac = ''] = cookie.split('.')
    expect(previous).toBe(before)
    const { identity } = await enterAccount(kit())
    await kit().accounts.issueIdentityVerification(identity, 'sign_in', { flow: before })
    const { token } = await kit().inbox.latest(identity.value)
    const later = (Number.parseInt(until, 36) + 1).toString(36)
    for (const forged of [
      current,
      [current, before, later, mac].join('.'),
      [current, before, until, mac.slice(1)].join('.'),
      [current, before, until].join('.'),
      [before.slice(1), before, until, mac].join('.'),
    ]) {
      browser.jar.set(flowCookie, forged)
      const refused = await browser.post('/magic-link/callback', { token })
      expect([forged, refusalOf(refused)]).toEqual([forged, '409 confirmation_required'])
    }
    kit().clock.advance('9m')
    browser.jar.set(flowCookie, cookie)
    expect((await browser.post('/magic-link/callback', { token })).status).toBe(200)
  })
})

describe('a page that was open before', () => {
  it('can be sent after another tab signed in or out: its form is of this browser', async () => {
    const { identity } = await enterAccount(kit())
    const tab = createPerson(kit().auth)
    await tab.open('/auth/sign-in')
    await tab.send('way-magic-link', { email: identity.value })
    const [, form] = /name="_form" value="([^"]+)"/.exec((await tab.open('/auth/sign-in')).html) ?? []
    await tab.open((await kit().inbox.latest(identity.value)).link as string)
    await tab.send('confirm')
    expect(tab.page().at).toBe('/auth/account')
    const sent = await tab.post('/auth/magic-link/request', { email: identity.value, _form: form ?? '' })
    expect(sent.status).not.toBe(403)
  })

  it('confirms the link that it showed, or none: another tab does not swap it', async () => {
    const [first, second] = [await enterAccount(kit()), await enterAccount(kit())]
    const tab = createPerson(kit().auth)
    await tab.open('/auth/sign-in')
    for (const { identity } of [first, second]) {
      await tab.open('/auth/sign-in')
      await tab.send('way-magic-link', { email: identity.value })
    }
    await tab.open((await kit().inbox.latest(first.identity.value)).link as string)
    const shown = tab.page()
    expect(shown.text).toContain(first.identity.value)
    // The second link is opened in another tab of the same browser, and the button of the first tab is pressed.
    await tab.open((await kit().inbox.latest(second.identity.value)).link as string)
    const { action, values } = formsOf(shown.html).get('confirm') as FoundForm
    const answer = await tab.post(action, values)
    expect(answer.text).toContain(second.identity.value)
    const { rows } = await kit().auth.query(
      'select from latchkey.sessions where user_id = any ($1::uuid[])',
      [[first.user.id, second.user.id]],
    )
    expect(rows).toHaveLength(0)
    await tab.send('confirm')
    expect(tab.page().at).toBe('/auth/account')
    expect(tab.page().text).toContain(second.identity.value)
  })
})
