/**
 * The arithmetic of shutting somebody out: an attacker of one IPv4 address, or of one IPv6 /48, for a day. The owner
 * gets in at once in a known browser, and within a minute in a new one, and nobody guesses.
 */

import { describe, expect, it } from 'vitest'
import { solveToll } from '../../src/client/toll.js'
import type { Toll } from '../../src/client/toll.js'
import { goodPassword, signUp } from '../../src/testing/suite/case.js'
import { postgres } from '../harness/engines.js'
import type { Answer, Browser } from '../harness/http-client.js'
import { openBrowser } from '../harness/http-client.js'
import { useKit } from '../harness/kit.js'

const hours = 24
// What people choose when they choose well (a passphrase of three of 7,776 words); a code has 6 digits or more.
const passwords = 7776 ** 3
const attackers = {
  'one IPv4 address': () => '203.0.113.66',
  'one IPv6 /48': (turn: number) => `2001:db8:bad:${(turn % 65536).toString(16)}::1`,
}

describe.each(Object.entries(attackers))('an attacker of %s, for a day', (_, addressOf) => {
  const kit = useKit(postgres.open)
  const owned: { email: string; known?: Browser } = { email: '' }
  let turn = 0

  async function attack(): Promise<Answer[]> {
    const answers: Answer[] = []
    const { email } = owned
    // Each of these in an hour, from networks as fresh as they have, until they are refused or ask for work.
    for (let round = 0; round < 8; round++) {
      const stranger = openBrowser(kit().auth, { address: addressOf(turn++) })
      answers.push(await stranger.post('/password/request', { email, password: `a wrong guess ${turn}` }))
      await stranger.post('/magic-link/request', { email })
      await stranger.post('/recovery/request', { email })
      await stranger.post('/email-otp/callback', { email, code: '000000' })
    }
    return answers
  }

  async function enters(browser: Browser, way: 'password' | 'magic-link' | 'email-otp'): Promise<number> {
    const { email } = owned
    if (way === 'password')
      return (await browser.post('/password/request', { email, password: goodPassword })).status
    await kit().inbox.clear()
    // What a person's browser does by itself: it solves what it is asked to, which costs no request of theirs.
    let asked = await browser.post(`/${way}/request`, { email })
    if ('toll' in asked.json) {
      const headers = { 'latchkey-toll': await solveToll(asked.json['toll'] as Toll) }
      asked = await browser.request('POST', `/${way}/request`, { body: { email }, headers })
    }
    expect(asked.status).toBe(202)
    const { token, code } = await kit().inbox.latest(email)
    const body = way === 'magic-link' ? { token } : { email, code }
    return (await browser.post(`/${way}/callback`, body)).status
  }

  it('keeps nobody out, and guesses nothing', { timeout: 600_000 }, async () => {
    const { identity } = await signUp(kit())
    owned.email = identity.value
    const known = openBrowser(kit().auth)
    expect(await enters(known, 'password')).toBe(200)
    let compared = 0
    for (let hour = 0; hour < hours; hour++) {
      const answers = await attack()
      compared += answers.filter(({ status }) => status === 401).length
      expect(answers.some(({ status }) => status === 200)).toBe(false)
      // At once, by every way, while the attack goes on.
      if (hour % 8 === 7) {
        for (const way of ['magic-link', 'email-otp', 'password'] as const)
          expect([hour, way, await enters(known, way)]).toEqual([hour, way, 200])
      }
      kit().clock.advance('1h')
    }
    // Guesses that were compared with the password: a sign-in of the owner lets a hundred more be made.
    expect(compared).toBeGreaterThan(0)
    const chance = compared / passwords
    expect(chance).toBeLessThan(1 / 100_000)

    // A new browser, while the limits are as full as the attacker can make them.
    for (let round = 0; round < 16; round++) await attack()
    const before = kit().clock.now().getTime()
    const fresh = openBrowser(kit().auth, { address: '198.51.100.7' })
    expect(await enters(fresh, 'magic-link')).toBe(200)
    expect(kit().clock.now().getTime() - before).toBeLessThan(60_000)
  })
})

describe('a hundred wrong passwords in a row', () => {
  const kit = useKit(postgres.open)
  const wrong = (email: string, address: string) =>
    openBrowser(kit().auth, { address }).post('/password/request', { email, password: 'not the password' })
  const right = (browser: Browser, email: string) =>
    browser.post('/password/request', { email, password: goodPassword })

  it('close it for unknown browsers alone, tell the owner once, and a mailed secret opens it again', async () => {
    const { identity, user } = await signUp(kit())
    const email = identity.value
    const known = openBrowser(kit().auth)
    await right(known, email)
    await kit().inbox.clear()
    for (let guess = 0; guess < 100; guess++) {
      const answer = await wrong(email, `198.51.${guess}.1`)
      expect(answer.status).toBe(401)
      if (guess % 20 === 19) kit().clock.advance('16m')
    }
    const fresh = openBrowser(kit().auth)
    const refused = await right(fresh, email)
    const guessed = await wrong(email, '198.51.200.1')
    expect(refused.status).toBe(401)
    expect(refused.json['code']).toBe(guessed.json['code'])
    const notices = (await kit().inbox.to(email)).filter(({ event }) => event === 'password_paused')
    expect(notices).toHaveLength(1)
    expect(notices[0]).toMatchObject({ link: 'http://localhost:3000/auth/sign-in' })
    expect(notices[0]).not.toHaveProperty('token')
    const { rows } = await kit().auth.query(
      `select reason from latchkey.audit where event = 'sign_in.failed' and user_id = $1 and reason = 'password_closed'`,
      [user.id],
    )
    expect(rows).toHaveLength(1)
    await fresh.post('/magic-link/request', { email })
    const { token } = await kit().inbox.latest(email)
    expect((await fresh.post('/magic-link/callback', { token })).status).toBe(200)
    expect((await right(openBrowser(kit().auth), email)).status).toBe(200)
  })

  it('are over when the owner signs in from a known browser, whose own limits they never took', async () => {
    const { identity } = await signUp(kit())
    const known = openBrowser(kit().auth)
    await right(known, identity.value)
    for (let guess = 0; guess < 101; guess++) {
      await wrong(identity.value, `203.0.${guess}.1`)
      if (guess % 20 === 19) kit().clock.advance('16m')
    }
    expect((await right(openBrowser(kit().auth), identity.value)).status).toBe(401)
    expect((await right(known, identity.value)).status).toBe(200)
    expect((await right(openBrowser(kit().auth), identity.value)).status).toBe(200)
  })

  it('in a known browser end that it is known', async () => {
    const { identity } = await signUp(kit())
    const known = openBrowser(kit().auth)
    await right(known, identity.value)
    for (let guess = 0; guess < 100; guess++) {
      await known.post('/password/request', { email: identity.value, password: 'not the password' })
      kit().clock.advance('61s')
      if (guess % 9 === 8) kit().clock.advance('16m')
    }
    const { rows } = await kit().auth.query('select max(misses) as misses from latchkey.known_browsers')
    expect(rows).toEqual([{ misses: 100 }])
  })
})
