/** Guessing over HTTP: no burst, no resend and no other network gives more guesses than the budget. */

import { describe, expect, it } from 'vitest'
import { emailOtp, magicLink, password, smsOtp, whatsapp } from '../../src/strategies/index.js'
import { enter, goodPassword, otherCode, otherPassword, signUp } from '../../src/testing/suite/case.js'
import { postgres } from '../harness/engines.js'
import type { Answer, Browser } from '../harness/http-client.js'
import { newAddress, openBrowser, refusalOf, roomy } from '../harness/http-client.js'
import { useKit } from '../harness/kit.js'

// Waits that no slow machine sits out by itself.
const pause = '10s'
const kit = useKit(postgres.open, {
  limits: { ...roomy.limits, passwordStranger: { pause }, passwordKnown: { pause } },
  strategies: [password(), magicLink(), emailOtp(), smsOtp(), whatsapp()],
})

const invalid = '400 invalid_token'

async function askForCode(browser: Browser, email: string): Promise<string> {
  await browser.post('/email-otp/request', { email })
  return (await kit().inbox.latest(email)).code as string
}

const tryCode = (browser: Browser, email: string, code: string): Promise<Answer> =>
  browser.post('/email-otp/callback', { email, code })

const tryPassword = (browser: Browser, email: string, typed = 'not the password'): Promise<Answer> =>
  browser.post('/password/request', { email, password: typed })

/** A browser of the same jar in another network. */
function moved(browser: Browser): Browser {
  const other = openBrowser(kit().auth)
  for (const [name, value] of browser.jar) other.jar.set(name, value)
  return other
}

async function comparisonsOf(email: string): Promise<{ attempts: number[]; budget: number }> {
  const { rows } = await kit().auth.query(
    `select coalesce((select jsonb_agg(attempts order by created_at) from latchkey.verifications where value_key = $1), '[]') as attempts,
      coalesce((select count from latchkey.attempts where budget = 'code' and subject = $1), 0) as budget`,
    [email],
  )
  return rows[0] as { attempts: number[]; budget: number }
}

describe('a code', () => {
  it('is compared five times in a burst of 20, and the right one is refused after it (CVE-2024-4629, CVE-2019-5421)', async () => {
    const browser = openBrowser(kit().auth)
    const email = kit().newEmail()
    const code = await askForCode(browser, email)
    const guesses = Array.from({ length: 20 }, (_, step) =>
      tryCode(moved(browser), email, otherCode(code, step + 1)),
    )
    expect(new Set((await Promise.all(guesses)).map(refusalOf))).toEqual(new Set([invalid]))
    expect(await comparisonsOf(email)).toEqual({ attempts: [5], budget: 5 })
    expect(refusalOf(await tryCode(browser, email, code))).toBe(invalid)
    expect(await comparisonsOf(email)).toEqual({ attempts: [5], budget: 5 })
  })

  it('is eight digits long once it was guessed at five times, and works in the browser of who mistyped it', async () => {
    const browser = openBrowser(kit().auth)
    const email = kit().newEmail()
    const first = await askForCode(browser, email)
    for (let step = 1; step <= 5; step++) await tryCode(browser, email, otherCode(first, step))
    const second = await askForCode(browser, email)
    expect(second).toMatch(/^[0-9]{8}$/)
    expect((await tryCode(browser, email, second)).status).toBe(200)
  })

  it('is as long as all wrong tries of the day ask for, whatever the browser, the network, the purpose and the way', async () => {
    const { identity } = await signUp(kit())
    const email = identity.value
    const owner = openBrowser(kit().auth)
    const early = await askForCode(owner, email)
    for (let round = 0; round < 2; round++) {
      const browser = openBrowser(kit().auth)
      const code = await askForCode(browser, email)
      for (let step = 1; step <= 5; step++) await tryCode(browser, email, otherCode(code, step))
    }
    expect(refusalOf(await tryCode(owner, email, early))).toBe(invalid)
    const asked = await owner.post('/recovery/request', { email })
    expect(asked.json).toEqual({ status: 'verification_sent', codeLength: 10 })
    const { code } = await kit().inbox.latest(email)
    const short = { email, code: code?.slice(0, 6), password: otherPassword }
    expect(refusalOf(await owner.post('/recovery/callback', short))).toBe(invalid)
    expect(refusalOf(await owner.post('/recovery/callback', { ...short, code }))).toBe('200 recovered')
    const last = await askForCode(owner, email)
    expect([last.length, (await tryCode(owner, email, last)).status]).toEqual([10, 200])
    kit().clock.advance('25h')
    expect(await askForCode(owner, email)).toHaveLength(6)
  })

  it.each(['email-otp', 'magic-link', 'recovery', 'verification'])(
    'has the length that the answer says, for an address that nobody has as for a known one (%s)',
    async (way) => {
      const { identity } = await signUp(kit())
      const lengths = await Promise.all(
        [identity.value, kit().newEmail()].map(async (email) => {
          const answers: unknown[] = []
          for (let round = 0; round < 3; round++) {
            answers.push((await openBrowser(kit().auth).post(`/${way}/request`, { email })).json)
            const browser = openBrowser(kit().auth)
            await browser.post('/recovery/request', { email })
            for (let step = 0; step < 5; step++) {
              const wrong = { email, code: `000000000${step}`, password: otherPassword }
              await browser.post('/recovery/callback', wrong)
            }
          }
          return answers
        }),
      )
      expect(lengths[0]).toEqual(lengths[1])
      expect(lengths[0]).toEqual(
        [6, 8, 10].map((codeLength) => ({ status: 'verification_sent', codeLength })),
      )
    },
  )

  it('by text message shares its tries with one by WhatsApp', async () => {
    const phone = kit().newPhone()
    const browser = openBrowser(kit().auth)
    await browser.post('/sms-otp/request', { phone })
    const first = (await kit().inbox.latest(phone)).code as string
    for (let step = 1; step <= 5; step++)
      await browser.post('/whatsapp/callback', { phone, code: otherCode(first, step) })
    expect(refusalOf(await browser.post('/sms-otp/callback', { phone, code: first }))).toBe(invalid)
    await browser.post('/whatsapp/request', { phone })
    const { code } = await kit().inbox.latest(phone)
    expect([code?.length, (await browser.post('/sms-otp/callback', { phone, code })).status]).toEqual([
      8, 200,
    ])
  })

  it('of a stranger takes no try from the owner, who asked in another browser', async () => {
    const email = kit().newEmail()
    const [owner, stranger] = [openBrowser(kit().auth), openBrowser(kit().auth)]
    const code = await askForCode(owner, email)
    for (let step = 1; step <= 20; step++) await tryCode(stranger, email, otherCode(code, step))
    expect((await tryCode(owner, email, code)).status).toBe(200)
  })

  it('and its link: a network has 60 wrong tries, then it waits', async () => {
    const browser = openBrowser(kit().auth)
    const answers: Answer[] = []
    for (let round = 0; round < 61; round++)
      answers.push(await browser.post('/magic-link/callback', { token: 'A'.repeat(43) }))
    expect(new Set(answers.slice(0, 60).map(refusalOf))).toEqual(new Set([invalid]))
    expect(refusalOf(answers.at(-1) as Answer)).toBe('429 rate_limited')
    expect(refusalOf(await openBrowser(kit().auth).post('/magic-link/callback', { token: 'x' }))).toBe(
      invalid,
    )
  })
})

it('a flood of requests and guesses leaves the owner’s link usable', async () => {
  const { identity } = await enter(kit())
  const email = identity.value
  const [owner, stranger] = [openBrowser(kit().auth), openBrowser(kit().auth)]
  await owner.post('/magic-link/request', { email })
  const { token } = await kit().inbox.latest(email)
  for (let round = 0; round < 12; round++) {
    const code = await askForCode(stranger, email)
    for (let step = 1; step <= 3; step++) await tryCode(moved(stranger), email, otherCode(code, step))
    await tryPassword(moved(stranger), email)
  }
  expect((await owner.post('/magic-link/callback', { token })).status).toBe(200)
})

it('the number of an approval has three tries, and asking again gives no more', async () => {
  const email = kit().newEmail()
  const [waiting, other] = [openBrowser(kit().auth), openBrowser(kit().auth)]
  await waiting.post('/magic-link/request', { email })
  const { token: first } = await kit().inbox.latest(email)
  const numberNow = async () => String((await waiting.get('/magic-link/wait')).json['number'])
  const wrong = async () => String(10 + ((Number(await numberNow()) - 9) % 90))
  for (let step = 0; step < 3; step++)
    await other.post('/magic-link/approve', { token: first, number: await wrong() })
  expect(
    refusalOf(await other.post('/magic-link/approve', { token: first, number: await numberNow() })),
  ).toBe(invalid)
  await waiting.post('/magic-link/request', { email })
  const { token } = await kit().inbox.latest(email)
  expect(refusalOf(await other.post('/magic-link/approve', { token, number: await numberNow() }))).toBe(
    invalid,
  )
  expect((await waiting.post('/magic-link/callback', { token })).status).toBe(200)
})

describe('a password', () => {
  it('is compared ten times at most in a burst of 40 from one network, and the right one is refused there after it', async () => {
    const { identity } = await signUp(kit())
    const email = identity.value
    const attacker = newAddress()
    const burst = await Promise.all(
      Array.from({ length: 40 }, () => tryPassword(openBrowser(kit().auth, { address: attacker }), email)),
    )
    const compared = burst.filter((answer) => refusalOf(answer) === '401 invalid_credentials')
    expect(compared.length).toBeGreaterThan(0)
    expect(compared.length).toBeLessThanOrEqual(10)
    expect(burst.filter((answer) => refusalOf(answer) === '429 rate_limited')).toHaveLength(
      40 - compared.length,
    )
    expect(
      refusalOf(await tryPassword(openBrowser(kit().auth, { address: attacker }), email, goodPassword)),
    ).toBe('429 rate_limited')
    const { rows } = await kit().auth.query(
      `select count(*)::integer as failures from latchkey.audit
       where event = 'sign_in.failed' and user_id = $1`,
      [identity.userId],
    )
    expect(rows[0]?.['failures']).toBe(compared.length)
  })

  it('is compared 30 times at most in a burst from 45 networks; the others are asked for a toll', async () => {
    const { identity } = await signUp(kit())
    const burst = await Promise.all(
      Array.from({ length: 45 }, () => tryPassword(openBrowser(kit().auth), identity.value)),
    )
    const compared = burst.filter((answer) => refusalOf(answer) === '401 invalid_credentials')
    expect(compared).toHaveLength(30)
    expect(burst.filter(({ json }) => 'toll' in json)).toHaveLength(15)
  })

  it('that is right is refused to none of six who sign in at once, and is given back', async () => {
    const { identity } = await signUp(kit())
    const address = newAddress()
    for (let round = 0; round < 3; round++) {
      const six = Array.from({ length: 6 }, () =>
        tryPassword(openBrowser(kit().auth, { address }), identity.value, goodPassword),
      )
      expect((await Promise.all(six)).map(({ status }) => status)).toEqual(Array(6).fill(200))
    }
  })

  it('is followed by longer and longer waits after three, and the window gives them back', async () => {
    const { identity } = await signUp(kit())
    const waits: number[] = []
    const address = newAddress()
    const again = (typed?: string) => tryPassword(openBrowser(kit().auth, { address }), identity.value, typed)
    for (let miss = 1; miss <= 10; miss++) {
      const wrong = await again()
      expect(refusalOf(wrong)).toBe('401 invalid_credentials')
      if (miss <= 3) continue
      const refused = await again(goodPassword)
      expect(refusalOf(refused)).toBe('429 rate_limited')
      const wait = Number(refused.headers.get('retry-after'))
      waits.push(wait)
      if (miss < 10) kit().clock.advance(`${wait}s`)
    }
    // Some of it has passed when it is told; after the tenth it is the rest of the window.
    const told = waits.map((wait, index) => wait - ([10, 20, 40, 60, 60, 60][index] ?? 0))
    expect(told.slice(0, 6).filter((difference) => difference > 0 || difference < -5)).toEqual([])
    expect(waits[6]).toBeGreaterThan(120)
    kit().clock.advance('16m')
    expect((await again(goodPassword)).status).toBe(200)
  })

  it('guessed by strangers does not lock out a browser that signed in before', async () => {
    const { identity } = await signUp(kit())
    const email = identity.value
    const owner = openBrowser(kit().auth)
    expect((await tryPassword(owner, email, goodPassword)).status).toBe(200)
    for (let round = 0; round < 32; round++) await tryPassword(openBrowser(kit().auth), email)
    expect((await tryPassword(openBrowser(kit().auth), email, goodPassword)).json).toHaveProperty('toll')
    expect((await tryPassword(moved(owner), email, goodPassword)).status).toBe(200)
    const flowless = openBrowser(kit().auth)
    flowless.jar.set('latchkey-known', 'A'.repeat(22))
    expect((await tryPassword(flowless, email, goodPassword)).status).toBe(429)
  })

  it('guessed by one who stole the name of a known browser is bounded as well', async () => {
    const { identity } = await signUp(kit())
    const owner = openBrowser(kit().auth)
    await tryPassword(owner, identity.value, goodPassword)
    for (let round = 0; round < 4; round++) await tryPassword(moved(owner), identity.value)
    expect((await tryPassword(moved(owner), identity.value, goodPassword)).status).toBe(429)
    expect((await tryPassword(openBrowser(kit().auth), identity.value, goodPassword)).status).toBe(200)
  })

  it('is counted for an address without letter case, and for one that nobody has', async () => {
    const email = kit().newEmail()
    const address = newAddress()
    const spellings = [email, email.toUpperCase(), ` ${email} `, `P${email.slice(1)}`]
    for (const spelling of spellings) await tryPassword(openBrowser(kit().auth, { address }), spelling)
    for (const spelling of spellings)
      expect((await tryPassword(openBrowser(kit().auth, { address }), spelling)).status).toBe(429)
  })

  it('that is asked for again when it is changed has the same budget', async () => {
    const { identity } = await signUp(kit())
    const browser = openBrowser(kit().auth)
    await tryPassword(browser, identity.value, goodPassword)
    const change = (currentPassword: string) =>
      browser.put('/password', { currentPassword, password: otherPassword })
    for (let round = 0; round < 4; round++) expect((await change('a wrong password')).status).toBe(422)
    expect(refusalOf(await change(goodPassword))).toBe('429 rate_limited')
  })
})
