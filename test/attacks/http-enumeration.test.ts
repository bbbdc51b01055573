/**
 * Enumeration over HTTP: whatever a person's state, an answer is the same in status, headers, cookies and body, costs
 * the same statements, and leaves the same counts (CVE-2023-44399).
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emailOtp, magicLink, password, smsOtp, whatsapp } from '../../src/strategies/index.js'
import type { Kit } from '../../src/testing/suite/case.js'
import { createKit, enter, goodPassword, otherPassword, signUp } from '../../src/testing/suite/case.js'
import type { Answer, Browser } from '../harness/http-client.js'
import { openBrowser, roomy } from '../harness/http-client.js'
import type { Watch } from '../harness/watched.js'
import { openWatched } from '../harness/watched.js'

let kit: Kit
let watch: Watch

beforeAll(async () => {
  const opened = await openWatched({
    ...roomy,
    strategies: [password(), magicLink(), emailOtp(), smsOtp(), whatsapp()],
  })
  watch = opened.watch
  kit = createKit(opened, 'enumeration')
})
afterAll(() => kit.auth.close())

/** How an address of each state comes to be. The unknown one is nobody's. */
const states: Readonly<Record<string, () => Promise<string>>> = {
  unknown: () => Promise.resolve(kit.newEmail()),
  known: async () => (await signUp(kit)).identity.value,
  unproven: async () => {
    const email = kit.newEmail()
    await kit.accounts.createUserWithPassword({ email, password: goodPassword })
    return email
  },
  passwordless: async () => (await enter(kit)).identity.value,
  asked: async () => {
    const email = kit.newEmail()
    await kit.accounts.findOrCreateEmailIdentity(email)
    return email
  },
  disabled: async () => {
    const { user, identity } = await signUp(kit)
    await kit.accounts.disableUser(user)
    return identity.value
  },
}

const phoneStates: Readonly<Record<string, () => Promise<string>>> = {
  unknown: () => Promise.resolve(kit.newPhone()),
  known: async () => {
    const phone = kit.newPhone()
    const { identity } = await kit.accounts.findOrCreatePhoneIdentity(phone)
    await kit.accounts.issueIdentityVerification(identity, 'sign_in')
    const { code } = await kit.inbox.latest(phone)
    await kit.accounts.verifyMagicCode(code as string, 'sign_in', phone)
    return phone
  },
  asked: async () => {
    const phone = kit.newPhone()
    await kit.accounts.findOrCreatePhoneIdentity(phone)
    return phone
  },
  disabled: async () => {
    const phone = kit.newPhone()
    const { user } = await kit.accounts.findOrCreatePhoneIdentity(phone)
    await kit.accounts.disableUser(user)
    return phone
  },
}

const longPassword = 'an over-long password '.repeat(200)

/** What a stranger does, in a browser of their own, with somebody's address. */
const attempts: Readonly<Record<string, (browser: Browser, email: string) => Promise<Answer[]>>> = {
  'a wrong password, until it is refused': async (browser, email) => {
    const answers: Answer[] = []
    for (let round = 0; round < 6; round++)
      answers.push(await browser.post('/password/request', { email, password: 'not the password' }))
    return answers
  },
  'an over-long password': async (browser, email) => [
    await browser.post('/password/request', { email, password: longPassword }),
  ],
  'a password beyond every bound': async (browser, email) => [
    await browser.post('/password/request', { email, password: 'x'.repeat(30_000) }),
  ],
  'a sign-up': async (browser, email) => [await browser.post('/sign-up', { email, password: otherPassword })],
  'a sign-up with an over-long password': async (browser, email) => [
    await browser.post('/sign-up', { email, password: longPassword }),
  ],
  'a sign-up with a weak password': async (browser, email) => [
    await browser.post('/sign-up', { email, password: 'password1234' }),
    await browser.post('/sign-up', { email, password: 'short' }),
  ],
  'the proof of a sign-up again, and a wrong code': async (browser, email) => [
    await browser.post('/verification/request', { email }),
    await browser.post('/verification/callback', { email, code: '000000' }),
  ],
  'a recovery, and wrong codes': async (browser, email) => [
    await browser.post('/recovery/request', { email }),
    await browser.post('/recovery/callback', { email, code: '000000', password: 'short' }),
    await browser.post('/recovery/callback', { email, code: '000000', password: otherPassword }),
    await browser.post('/recovery/callback', { email, code: '000000', password: longPassword }),
  ],
  'a code, and wrong ones until it is dead': async (browser, email) => {
    const answers = [await browser.post('/email-otp/request', { email })]
    for (let round = 0; round < 7; round++)
      answers.push(await browser.post('/email-otp/callback', { email, code: '000000' }))
    return answers
  },
  'a link, and waiting for it': async (browser, email) => [
    await browser.post('/magic-link/request', { email }),
    await browser.get('/magic-link/wait'),
    await browser.post('/magic-link/wait'),
    await browser.post('/magic-link/request', { email }),
  ],
  'codes that nobody asked for': async (browser, email) => [
    await browser.post('/email-otp/callback', { email, code: '000000' }),
    await browser.post('/verification/callback', { email, code: '000000' }),
    await browser.post('/recovery/callback', { email, code: '000000', password: otherPassword }),
  ],
}

const phoneAttempts: Readonly<Record<string, (browser: Browser, phone: string) => Promise<Answer[]>>> = {
  'a code by text message, and wrong ones': async (browser, phone) => [
    await browser.post('/sms-otp/request', { phone }),
    await browser.post('/sms-otp/callback', { phone, code: '000000' }),
  ],
  'a code by WhatsApp, and wrong ones': async (browser, phone) => [
    await browser.post('/whatsapp/request', { phone }),
    await browser.post('/whatsapp/callback', { phone, code: '000000' }),
  ],
}

/** An answer to the byte, but for what is new in each: the id of the request, and the values of cookies. */
function toComparable({ status, headers, text, cookies }: Answer) {
  const requestId = headers.get('x-request-id') ?? ''
  const others = [...headers].filter(([name]) => !['x-request-id', 'set-cookie', 'date'].includes(name))
  return {
    status,
    headers: others,
    // The two digits of a waiting browser are as good as random.
    body: text.replaceAll(requestId, '<id>').replace(/"number":"\d\d"/, '"number":"<number>"'),
    cookies: cookies.map((line) => line.replace(/=[^;]*/, '=<value>')),
  }
}

/** What an address, also together with a network, and the account that has it were charged, as a count by name. */
async function budgetsOf(value: string): Promise<unknown> {
  const { rows } = await kit.auth.query(
    `select budget, sum(count)::integer as count, bool_or(held_until is not null) as held
     from latchkey.attempts where right(subject, length($1)) = $1
       or subject in (select user_id::text from latchkey.identities where value = $1)
     group by budget order by budget`,
    [value],
  )
  return rows
}

async function countRows(): Promise<Record<string, unknown>> {
  const { rows } = await kit.auth.query(`select
    (select count(*)::integer from latchkey.verifications) as verifications,
    (select count(*)::integer from latchkey.outbox) as outbox,
    (select count(*)::integer from latchkey.sessions) as sessions,
    (select count(*)::integer from latchkey.audit) as audit`)
  return rows[0] as Record<string, unknown>
}

interface Seen {
  readonly answers: readonly unknown[]
  readonly statements: readonly string[]
  readonly budgets: unknown
  readonly rows: Readonly<Record<string, number>>
}

async function observe(
  value: string,
  attempt: (browser: Browser, value: string) => Promise<Answer[]>,
): Promise<Seen> {
  const browser = openBrowser(kit.auth)
  const before = await countRows()
  watch.taken()
  const answers = (await attempt(browser, value)).map(toComparable)
  const statements = watch.taken()
  const after = await countRows()
  const rows = Object.fromEntries(
    Object.entries(after).map(([table, count]) => [table, (count as number) - (before[table] as number)]),
  )
  return { answers, statements, budgets: await budgetsOf(value), rows }
}

// A claim is made where there was none, and with it an audit row; that is all that may differ.
const claiming = ['a sign-up', 'a link, and waiting for it', 'a code, and wrong ones until it is dead']

function withoutClaim({ rows, ...seen }: Seen): unknown {
  return { ...seen, rows: { ...rows, audit: 0 } }
}

describe.each(Object.entries(attempts))('%s', (name, attempt) => {
  const same = claiming.includes(name) ? withoutClaim : (seen: Seen): unknown => seen

  it.each(Object.keys(states))('of a person who is %s is answered as that of nobody', async (state) => {
    const makeValue = states[state] as () => Promise<string>
    const value = await makeValue()
    const nobody = await observe(kit.newEmail(), attempt)
    expect(nobody.answers.length).toBeGreaterThan(0)
    expect(same(await observe(value, attempt))).toEqual(same(nobody))
  })

  it.skipIf(name.includes('password, until') || name === 'an over-long password')(
    'of a person whose password is locked is answered as that of nobody',
    async () => {
      const { identity } = await signUp(kit)
      for (let round = 0; round < 5; round++)
        await openBrowser(kit.auth).post('/password/request', { email: identity.value, password: 'not it' })
      const [nobody, locked] = [
        await observe(kit.newEmail(), attempt),
        await observe(identity.value, attempt),
      ]
      expect(same({ ...locked, budgets: null })).toEqual(same({ ...nobody, budgets: null }))
    },
  )
})

describe.each(Object.entries(phoneAttempts))('%s', (_name, attempt) => {
  it.each(Object.keys(phoneStates))('of a phone that is %s is answered as that of nobody', async (state) => {
    const makeValue = phoneStates[state] as () => Promise<string>
    const value = await makeValue()
    const nobody = await observe(kit.newPhone(), attempt)
    expect(withoutClaim(await observe(value, attempt))).toEqual(withoutClaim(nobody))
  })
})

it('the right password of a disabled person is answered as a wrong one of nobody', async () => {
  const email = await (states['disabled'] as () => Promise<string>)()
  const attempt = async (browser: Browser, value: string): Promise<Answer[]> => [
    await browser.post('/password/request', { email: value, password: goodPassword }),
  ]
  expect(await observe(email, attempt)).toEqual(await observe(kit.newEmail(), attempt))
})
