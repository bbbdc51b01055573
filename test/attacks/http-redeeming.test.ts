/** Redeeming over HTTP, on two engines before one PostgreSQL: once, for one purpose, in one browser, in time. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuthOptions, VerificationType } from '../../src/index.js'
import { emailOtp, magicLink, password, smsOtp, whatsapp } from '../../src/strategies/index.js'
import type { TestAuth } from '../../src/testing/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import { enter, otherPassword } from '../../src/testing/suite/case.js'
import { postgres } from '../harness/engines.js'
import type { Browser } from '../harness/http-client.js'
import { openBrowser, refusalOf, roomy } from '../harness/http-client.js'
import type { Minted, SecretKind } from '../harness/http-secrets.js'
import { secretKinds } from '../harness/http-secrets.js'
import { useKit } from '../harness/kit.js'

const options: AuthOptions = {
  strategies: [password(), magicLink(), emailOtp(), smsOtp(), whatsapp()],
  limits: { ...roomy.limits, codeNetwork: { limit: 10_000 } },
}
const kit = useKit(postgres.open, options)
const racers = 24
let node: TestAuth

beforeAll(async () => {
  node = await createTestAuth({ ...options, database: kit().url })
})
afterAll(() => node.auth.close())

/** A browser whose requests go to the two engines in turn. */
function openOverBoth(): Browser {
  let turn = 0
  const fetch: typeof node.auth.fetch = (request, peer) =>
    (turn++ % 2 === 0 ? kit().auth : node.auth).fetch(request, peer)
  return openBrowser({ fetch })
}

async function countSessions(): Promise<number> {
  const { rows } = await kit().auth.query('select count(*)::integer as count from latchkey.sessions')
  return rows[0]?.['count'] as number
}

/** Everything that a redemption would change. */
async function readState(): Promise<unknown> {
  const { rows } = await kit().auth.query(`select
    (select jsonb_agg(id order by id) from latchkey.sessions) as sessions,
    (select jsonb_agg(array[id::text, verified_at::text] order by id) from latchkey.identities) as identities,
    (select jsonb_agg(array[user_id::text, hash] order by user_id) from latchkey.passwords) as passwords,
    (select jsonb_agg(array[id::text, approved_at::text] order by id) from latchkey.verifications) as verifications`)
  return rows[0]
}

describe(`one winner of ${racers} parallel requests (GHSA-hc7v-rggr-4hvx, GHSA-7w99-5wm4-3g79)`, () => {
  it.each(secretKinds)('with $name', async ({ mint, redeem, signsIn }) => {
    const browser = openOverBoth()
    const minted = await mint(kit(), browser)
    const before = await countSessions()
    const answers = await Promise.all(Array.from({ length: racers }, () => redeem(browser, minted)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter((answer) => refusalOf(answer) === '400 invalid_token')).toHaveLength(racers - 1)
    expect((await countSessions()) - before).toBe(signsIn ? 1 : 0)
    const cookies = answers.flatMap((answer) => answer.cookies.filter((line) => /^latchkey=[^;]/.test(line)))
    expect(cookies).toHaveLength(signsIn ? 1 : 0)
  })

  it('with an approval that all of them wait for', async () => {
    const browser = openOverBoth()
    const email = kit().newEmail()
    await browser.post('/magic-link/request', { email })
    const { token } = await kit().inbox.latest(email)
    const number = (await browser.get('/magic-link/wait')).json['number']
    await openBrowser(kit().auth).post('/magic-link/approve', { number, token })
    const before = await countSessions()
    const answers = await Promise.all(Array.from({ length: racers }, () => browser.post('/magic-link/wait')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(racers - 1)
    expect(await countSessions()).toBe(before + 1)
  })
})

/** Every way in which a secret can be shown to a route. */
const endpoints: Readonly<Record<string, (browser: Browser, minted: Minted) => Promise<unknown>>> = {
  'POST /verification/callback by link': (browser, { token }) =>
    browser.post('/verification/callback', { token }),
  'POST /verification/callback by link and password': (browser, { token }) =>
    browser.post('/verification/callback', { token, password: otherPassword }),
  'POST /verification/callback by code': (browser, { value, code }) =>
    browser.post('/verification/callback', { email: value, code }),
  'POST /magic-link/callback': (browser, { token }) => browser.post('/magic-link/callback', { token }),
  'POST /magic-link/approve': (browser, { token }) =>
    browser.post('/magic-link/approve', { token, number: '42' }),
  'POST /email-otp/callback': (browser, { value, code }) =>
    browser.post('/email-otp/callback', { email: value, code }),
  'POST /sms-otp/callback': (browser, { value, code }) =>
    browser.post('/sms-otp/callback', { phone: value, code }),
  'POST /whatsapp/callback': (browser, { value, code }) =>
    browser.post('/whatsapp/callback', { phone: value, code }),
  'POST /recovery/callback by link': (browser, { token }) =>
    browser.post('/recovery/callback', { token, password: otherPassword }),
  'POST /recovery/callback by code': (browser, { value, code }) =>
    browser.post('/recovery/callback', { email: value, code, password: otherPassword }),
}

// A code by text message and one by WhatsApp prove the same: the same number, to sign in.
const ownEndpoints: Readonly<Record<string, readonly string[]>> = {
  'the link of a sign-up': [
    'POST /verification/callback by link',
    'POST /verification/callback by link and password',
    'POST /verification/callback by code',
  ],
  'a link that signs in': [
    'POST /magic-link/callback',
    'POST /magic-link/approve',
    'POST /email-otp/callback',
  ],
  'a code by text message': ['POST /sms-otp/callback', 'POST /whatsapp/callback'],
  'the link of a recovery': ['POST /recovery/callback by link', 'POST /recovery/callback by code'],
}

describe('a secret of one purpose changes no row anywhere else (GHSA-965c-763c-88jm)', () => {
  async function expectRefusedAt(names: readonly string[], browser: Browser, minted: Minted): Promise<void> {
    const before = await readState()
    for (const name of names) {
      const answer = (await endpoints[name]?.(browser, minted)) as Awaited<ReturnType<Browser['post']>>
      expect([400, 422], `${name} ${refusalOf(answer)}`).toContain(answer.status)
      expect(await readState(), name).toEqual(before)
    }
  }

  const issued = secretKinds.filter(({ name }) => name in ownEndpoints)
  it.each(issued)('$name', async ({ name, mint, redeem }: SecretKind) => {
    const browser = openBrowser(kit().auth)
    const minted = await mint(kit(), browser)
    const foreign = Object.keys(endpoints).filter((each) => ownEndpoints[name]?.includes(each) === false)
    await expectRefusedAt(foreign, browser, minted)
    expect((await redeem(browser, minted)).status).toBe(200)
  })

  it.each(['email_change', 'phone', 'phone_change'] satisfies VerificationType[])(
    'a secret of the purpose %s, which no route redeems',
    async (type) => {
      const { user } = await enter(kit())
      const isPhone = type !== 'email_change'
      const claim = await kit().accounts.addUserIdentity(
        user,
        isPhone ? { type: 'phone', value: kit().newPhone() } : { type: 'email', value: kit().newEmail() },
      )
      await kit().accounts.issueIdentityVerification(claim, type)
      const { token, code = '' } = await kit().inbox.latest(claim.value)
      const minted = { value: claim.value, token, code }
      await expectRefusedAt(Object.keys(endpoints), openBrowser(kit().auth), minted)
    },
  )
})

describe('the right secret', () => {
  it.each(secretKinds)('in the wrong browser does nothing: $name', async ({ name, mint, redeem }) => {
    const [browser, other] = [openBrowser(kit().auth), openBrowser(kit().auth)]
    await other.post('/recovery/request', { email: kit().newEmail() })
    const minted = await mint(kit(), browser)
    const before = await readState()
    const answer = refusalOf(await redeem(other, minted))
    expect(answer).toBe(name.includes('link') ? '409 confirmation_required' : '400 invalid_token')
    expect(await readState()).toEqual(before)
    expect((await redeem(browser, minted)).status).toBe(200)
  })

  it.each(secretKinds)(
    'after its time stays dead, however often it is tried: $name (CVE-2026-32132, CVE-2025-64708)',
    async (kind) => {
      const browser = openBrowser(kit().auth)
      const minted = await kind.mint(kit(), browser)
      const other = { ...minted, code: minted.code === '000000' ? '000001' : '000000' }
      kit().clock.advance('16m')
      for (const each of [minted, other, minted, minted]) {
        expect(refusalOf(await kind.redeem(browser, each))).toBe('400 invalid_token')
      }
    },
  )

  it.each(secretKinds.filter(({ name }) => name.includes('code')))(
    'at another address does nothing: $name',
    async ({ mint, redeem }) => {
      const browser = openBrowser(kit().auth)
      const [one, other] = [await mint(kit(), browser), await mint(kit(), browser)]
      expect(refusalOf(await redeem(browser, { ...one, value: other.value }))).toBe('400 invalid_token')
      expect((await redeem(browser, one)).status).toBe(200)
      expect((await redeem(browser, other)).status).toBe(200)
    },
  )
})

/** What is nearly the token: cut, grown, flipped, in another case, padded, encoded otherwise. */
function neighborsOf(token: string): readonly string[] {
  const characters = Array.from(token)
  const swapCase = (text: string): string =>
    text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase()
  const bytes = Buffer.from(token, 'base64url')
  return [
    ...characters.map((_, index) => token.slice(0, index)),
    ...characters.map((_, index) => token.slice(index + 1)),
    ...characters.map((each, index) => token.slice(0, index) + swapCase(each) + token.slice(index + 1)),
    ...[...bytes].map((byte, index) => {
      const flipped = Buffer.from(bytes)
      flipped[index] = byte ^ (1 << (index % 8))
      return flipped.toString('base64url')
    }),
    ...['=', '==', ' ', '\n', '\t', '.', 'A', '\u0000', '%00', '/', '?', '#'].flatMap((each) => [
      token + each,
      each + token,
    ]),
    token + token,
    token.toUpperCase(),
    token.toLowerCase(),
    bytes.toString('base64'),
    bytes.toString('hex'),
    encodeURIComponent(token).replaceAll('-', '%2D'),
  ].filter((each) => each !== token)
}

it('what is nearly the token is refused, and the token still works (CVE-2026-27840)', async () => {
  const browser = openBrowser(kit().auth)
  const email = kit().newEmail()
  await browser.post('/magic-link/request', { email })
  const { token = '' } = await kit().inbox.latest(email)
  const neighbors = neighborsOf(token)
  expect(neighbors.length).toBeGreaterThan(150)
  for (const neighbor of neighbors) {
    const answer = await browser.post('/magic-link/callback', { token: neighbor })
    expect([400, 422], neighbor).toContain(answer.status)
  }
  expect((await browser.post('/magic-link/callback', { token })).status).toBe(200)
})
