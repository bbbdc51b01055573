/**
 * A fault while a secret is redeemed that leads to no session: a recovery, the proof of a sign-up, of an address, or of a
 * change of address. The browser that heard of the fault gives the secret again and is told that it counted; every other one
 * is refused.
 */

import { describe, expect, it } from 'vitest'
import type { UserRef } from '../../src/index.js'
import { goodPassword, opens, otherPassword } from '../../src/testing/suite/case.js'
import { createBarrier } from '../harness/barrier.js'
import type { Answer, Browser } from '../harness/http-client.js'
import { openBrowser, refusalOf, roomy } from '../harness/http-client.js'
import { lost, useWatchedKit } from '../harness/watched.js'

type Attempt = (browser: Browser, password?: string) => Promise<Answer>

interface Way {
  readonly statement: string
  /** Whether the password that is given with the secret is set. */
  readonly sets: boolean
  readonly done: string
  readonly event: string
  begin(browser: Browser, email: string): Promise<Attempt>
}

const { kit, watch } = useWatchedKit('changes', roomy)

async function beginRecovery(browser: Browser, email: string) {
  await kit().accounts.importUser({ email, verified: true })
  await browser.post('/recovery/request', { email })
  return kit().inbox.latest(email)
}

async function beginSignUp(browser: Browser, email: string) {
  await browser.post('/sign-up', { email, password: goodPassword })
  return kit().inbox.latest(email)
}

const ways: Readonly<Record<string, Way>> = {
  'a recovery by link': {
    statement: 'verification_redeem_link',
    sets: true,
    done: '200 recovered',
    event: 'account.recovered',
    async begin(browser, email) {
      const { token } = await beginRecovery(browser, email)
      return (of, password = goodPassword) => of.post('/recovery/callback', { token, password })
    },
  },
  'a recovery by code': {
    statement: 'verification_redeem_code',
    sets: true,
    done: '200 recovered',
    event: 'account.recovered',
    async begin(browser, email) {
      const { code } = await beginRecovery(browser, email)
      return (of, password = goodPassword) => of.post('/recovery/callback', { email, code, password })
    },
  },
  'a sign-up by link': {
    statement: 'verification_redeem_link',
    sets: false,
    done: '200 verified',
    event: 'identity.verified',
    async begin(browser, email) {
      const { token } = await beginSignUp(browser, email)
      return (of) => of.post('/verification/callback', { token })
    },
  },
  'a sign-up by code': {
    statement: 'verification_redeem_code',
    sets: false,
    done: '200 verified',
    event: 'identity.verified',
    async begin(browser, email) {
      const { code } = await beginSignUp(browser, email)
      return (of) => of.post('/verification/callback', { email, code })
    },
  },
  'a sign-up that another browser finishes': {
    statement: 'verification_redeem_signUp',
    sets: true,
    done: '200 verified',
    event: 'identity.verified',
    async begin(_browser, email) {
      const { token } = await beginSignUp(openBrowser(kit().auth), email)
      return (of, password = goodPassword) => of.post('/verification/callback', { token, password })
    },
  },
  'a change of address': {
    statement: 'verification_redeem_link',
    sets: false,
    done: '200 verified',
    event: 'identity.verified',
    async begin(browser, email) {
      const { user } = await kit().accounts.importUser({ email: kit().newEmail(), verified: true })
      const identity = await kit().accounts.addUserIdentity(user, { type: 'email', value: email })
      await browser.post('/magic-link/request', { email: kit().newEmail() })
      const flow = browser.jar.get('latchkey-flow') as string
      await kit().accounts.issueIdentityVerification(identity, 'email_change', { flow })
      const { token } = await kit().inbox.latest(email)
      return (of) => of.post('/email-change/callback', { token })
    },
  },
}

/** What a secret that was redeemed before does not outlive. The second one deletes nothing that pends. */
const endings: Readonly<Record<string, (user: UserRef) => Promise<unknown>>> = {
  'a new password': (user) => kit().accounts.setPassword(user, 'five copper kettles whistling'),
  'all sessions': (user) => kit().accounts.revokeUserSessions(user),
}

async function recorded(event: string, email: string): Promise<number> {
  const { rows } = await kit().auth.query(
    `select count(*)::integer as count from latchkey.audit a
     where a.event = $2 and a.user_id in (select i.user_id from latchkey.identities i where i.value = $1)`,
    [email, event],
  )
  return rows[0]?.['count'] as number
}

describe.each(Object.entries(ways))('a fault during %s', (_, { statement, sets, done, event, begin }) => {
  it('leaves the secret to the same browser alone, and what it proved is recorded once', async () => {
    const browser = openBrowser(kit().auth)
    const email = kit().newEmail()
    const attempt = await begin(browser, email)
    const hook = watch().after(statement, lost)
    for (let round = 0; round < 6; round++) expect(refusalOf(await attempt(browser))).toBe('503 unavailable')
    hook.stop()
    expect(['400 invalid_token', '409 confirmation_required']).toContain(
      refusalOf(await attempt(openBrowser(kit().auth))),
    )
    expect(refusalOf(await attempt(browser, sets ? otherPassword : undefined))).toBe(done)
    expect(refusalOf(await attempt(browser))).toBe('400 invalid_token')
    expect(await recorded(event, email)).toBe(1)
    if (!sets) return
    // Nobody was told that the first one counted, so the last one does.
    expect(await opens(kit().accounts, email, otherPassword)).toBe(true)
    expect(await opens(kit().accounts, email, goodPassword)).toBe(false)
  })

  it('that comes after it counted is no failure: it is told as done', async () => {
    const browser = openBrowser(kit().auth)
    const attempt = await begin(browser, kit().newEmail())
    const hook = watch().before('verification_settle', lost)
    expect(refusalOf(await attempt(browser))).toBe(done)
    hook.stop()
    expect(refusalOf(await attempt(openBrowser(kit().auth)))).not.toContain('200')
  })

  it.each(Object.entries(endings))('is over with %s', async (_ending, end) => {
    const browser = openBrowser(kit().auth)
    const email = kit().newEmail()
    const attempt = await begin(browser, email)
    const hook = watch().after(statement, lost)
    expect(refusalOf(await attempt(browser))).toBe('503 unavailable')
    hook.stop()
    const { rows } = await kit().auth.query(
      'select user_id from latchkey.identities where value = $1 and verified_at is not null',
      [email],
    )
    await end({ id: rows[0]?.['user_id'] as string })
    expect(refusalOf(await attempt(browser, otherPassword))).toBe('400 invalid_token')
    expect(await opens(kit().accounts, email, otherPassword)).toBe(false)
  })
})

describe('two who go on with one recovery at the same time', () => {
  it.each([
    ['the first', 0],
    ['the second', 1],
  ] as const)(
    'are told the truth, whoever is settled first (%s): the last password counts',
    async (_, first) => {
      const way = ways['a recovery by link'] as Way
      const browser = openBrowser(kit().auth)
      const email = kit().newEmail()
      const attempt = await way.begin(browser, email)
      const gates = [createBarrier(2), createBarrier(2)]
      let arrived = 0
      let bothArrived = (): void => undefined
      const waiting = [new Promise<void>((resolve) => (bothArrived = resolve))]
      let firstArrived = (): void => undefined
      waiting.unshift(new Promise<void>((resolve) => (firstArrived = resolve)))
      const hook = watch().before('verification_settle', () => {
        const place = arrived++
        ;(place === 0 ? firstArrived : bothArrived)()
        return (gates[place] as () => Promise<void>)()
      })
      const passwords = [goodPassword, otherPassword]
      const answers = [attempt(browser, passwords[0])]
      await waiting[0]
      answers.push(attempt(browser, passwords[1]))
      await waiting[1]
      for (const place of [first, 1 - first]) {
        void (gates[place] as () => Promise<void>)()
        await answers[place]
      }
      hook.stop()
      expect((await Promise.all(answers)).map(refusalOf)).toEqual(['400 invalid_token', '200 recovered'])
      const open = await Promise.all(passwords.map((password) => opens(kit().accounts, email, password)))
      expect(open).toEqual([false, true])
    },
  )
})

describe('a second address that was proven and is kept', () => {
  it('sets no password of the account by the link that proved it', async () => {
    const browser = openBrowser(kit().auth)
    const email = kit().newEmail()
    const { user } = await kit().accounts.importUser({ email: kit().newEmail(), verified: true })
    const identity = await kit().accounts.addUserIdentity(user, { type: 'email', value: email })
    await kit().accounts.requestEmailVerification(identity)
    const { token } = await kit().inbox.latest(email)
    const hook = watch().after('verification_redeem_link', lost)
    expect(refusalOf(await browser.post('/verification/callback', { token }))).toBe('503 unavailable')
    hook.stop()
    const password = otherPassword
    expect(refusalOf(await browser.post('/verification/callback', { token, password }))).toBe(
      '409 confirmation_required',
    )
    expect(await kit().accounts.hasPassword(user)).toBe(false)
    expect(refusalOf(await browser.post('/verification/callback', { token }))).toBe('200 verified')
  })
})
