/** A browser in which somebody signed in is known from then on, whatever the way, and that proves nothing else. */

import { describe, expect, it } from 'vitest'
import type { Account } from '../../../src/core/index.js'
import { goodPassword, signUp } from '../../../src/testing/suite/case.js'
import { createLimitStore } from '../../../src/store/limits.js'
import { createRunner } from '../../../src/store/runner.js'
import { tablesOf } from '../../../src/store/statement.js'
import { postgres } from '../../harness/engines.js'
import type { Browser } from '../../harness/http-client.js'
import { openBrowser, roomy } from '../../harness/http-client.js'
import { useKit } from '../../harness/kit.js'

const kit = useKit(postgres.open, roomy)
const form = /^([A-Za-z0-9_-]{22})\.([a-z-]+)$/

const limits = () => {
  const { auth } = kit()
  const query = ({ text, values }: { text: string; values: readonly unknown[] }) => auth.query(text, values)
  return createLimitStore(createRunner({ query }, { inTransaction: false }), tablesOf('latchkey'))
}

const nameOf = (browser: Browser): string => form.exec(browser.jar.get('latchkey-known') ?? '')?.[1] ?? ''
const isKnown = (browser: Browser, { identity }: Account): Promise<boolean> =>
  limits().knows(nameOf(browser), { type: 'email', valueKey: identity.value })

const ways = {
  password: (browser: Browser, email: string) =>
    browser.post('/password/request', { email, password: goodPassword }),
  'magic-link': async (browser: Browser, email: string) => {
    await browser.post('/magic-link/request', { email })
    const { token } = await kit().inbox.latest(email)
    return browser.post('/magic-link/callback', { token })
  },
  'email-otp': async (browser: Browser, email: string) => {
    await browser.post('/email-otp/request', { email })
    const { code } = await kit().inbox.latest(email)
    return browser.post('/email-otp/callback', { email, code })
  },
}

describe('a known browser', () => {
  it.each(Object.entries(ways))(
    'is one after a sign-in by %s, which is remembered as the last way',
    async (way, enter) => {
      const account = await signUp(kit())
      const browser = openBrowser(kit().auth)
      const answer = await enter(browser, account.identity.value)
      expect(answer.status).toBe(200)
      expect(form.exec(browser.jar.get('latchkey-known') ?? '')?.[2]).toBe(way)
      const line = answer.cookies.find((cookie) => cookie.startsWith('latchkey-known='))
      expect(line).toMatch(/Max-Age=7776000/)
      expect(line).toMatch(/HttpOnly/)
      expect(await isKnown(browser, account)).toBe(true)
      expect(await isKnown(browser, await signUp(kit()))).toBe(false)
    },
  )

  it('keeps its name from one account to the next, and is known to both', async () => {
    const [ada, bob] = [await signUp(kit()), await signUp(kit())]
    const browser = openBrowser(kit().auth)
    await ways.password(browser, ada.identity.value)
    const before = nameOf(browser)
    await ways['magic-link'](browser, bob.identity.value)
    expect(nameOf(browser)).toBe(before)
    expect([await isKnown(browser, ada), await isKnown(browser, bob)]).toEqual([true, true])
  })

  it('is not signed in by that, and stays known when it signs out', async () => {
    const account = await signUp(kit())
    const browser = openBrowser(kit().auth)
    await ways.password(browser, account.identity.value)
    await browser.delete('/session')
    expect((await browser.get('/session')).status).toBe(401)
    expect(await isKnown(browser, account)).toBe(true)
  })

  it('is known for 90 days since the last sign-in', async () => {
    const account = await signUp(kit())
    const browser = openBrowser(kit().auth)
    await ways.password(browser, account.identity.value)
    kit().clock.advance('89d')
    await ways.password(browser, account.identity.value)
    const known = async () =>
      (
        await kit().auth.query(
          `select expires_at > statement_timestamp() + interval '89 days' as known from latchkey.known_browsers
          where user_id = $1`,
          [account.user.id],
        )
      ).rows
    expect(await known()).toEqual([{ known: true }])
    kit().clock.advance('91d')
    expect(await isKnown(browser, account)).toBe(false)
  })

  it('is no browser whose cookie is malformed, or stands there twice', async () => {
    const account = await signUp(kit())
    const browser = openBrowser(kit().auth)
    for (const value of ['short', 'A'.repeat(22) + '.UPPER', 'x'.repeat(4000)]) {
      browser.jar.set('latchkey-known', value)
      await ways.password(browser, account.identity.value)
      expect(browser.jar.get('latchkey-known')).toMatch(form)
    }
  })

  it('goes with its user', async () => {
    const { user, identity } = await signUp(kit())
    await ways.password(openBrowser(kit().auth), identity.value)
    await kit().accounts.deleteUser(user)
    const { rows } = await kit().auth.query('select from latchkey.known_browsers where user_id = $1', [
      user.id,
    ])
    expect(rows).toEqual([])
  })
})
