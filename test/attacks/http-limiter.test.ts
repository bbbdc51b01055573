/** The limiter over HTTP: nobody gets round it by another spelling of their address, and its refusals tell nothing. */

import { describe, expect, it } from 'vitest'
import { enter, goodPassword } from '../../src/testing/suite/case.js'
import { postgres } from '../harness/engines.js'
import { solveToll } from '../../src/client/toll.js'
import type { Toll } from '../../src/client/toll.js'
import type { Browser } from '../harness/http-client.js'
import { newAddress, openBrowser, refusalOf } from '../harness/http-client.js'
import type { UrlKit } from '../harness/kit.js'
import { useKit } from '../harness/kit.js'

const limits = { messageNetwork: { limit: 3 } }

/** The status of a request that sends, from this socket and with these headers. */
async function ask(kit: UrlKit, address: string, headers: Record<string, string> = {}): Promise<number> {
  const body = { email: kit.newEmail() }
  return (await openBrowser(kit.auth, { address }).request('POST', '/recovery/request', { body, headers }))
    .status
}

async function askAll(kit: UrlKit, addresses: readonly string[]): Promise<number[]> {
  const statuses: number[] = []
  for (const address of addresses) statuses.push(await ask(kit, address))
  return statuses
}

describe('without a proxy, a network', () => {
  const kit = useKit(postgres.open, { limits })

  it('is an IPv6 /64 whatever the spelling, and the next one is another', async () => {
    const spellings = [
      '2001:db8:0:1::1',
      '2001:DB8:0:1:FFFF:FFFF:FFFF:FFFF',
      '2001:0db8:0000:0001:0000:0000:0000:0002',
      '2001:db8:0:1::2%eth0',
      '2001:db8::1:0:0:0:9',
    ]
    expect(await askAll(kit(), spellings)).toEqual([202, 202, 202, 429, 429])
    expect(await ask(kit(), '2001:db8:0:2::1')).toBe(202)
  })

  it('is one IPv4 address, also where that is written as IPv6 (CVE-2026-45364)', async () => {
    const spellings = [
      '192.0.2.1',
      '::ffff:192.0.2.1',
      '::FFFF:C000:0201',
      '0:0:0:0:0:ffff:192.0.2.1',
      '192.0.2.1',
    ]
    expect(await askAll(kit(), spellings)).toEqual([202, 202, 202, 429, 429])
    expect(await ask(kit(), '192.0.2.2')).toBe(202)
  })

  it('is never read from a header (CVE-2024-47070)', async () => {
    const statuses: number[] = []
    for (let hop = 1; hop <= 5; hop++) {
      const other = `203.0.113.${hop}`
      statuses.push(
        await ask(kit(), '198.51.100.1', {
          'x-forwarded-for': other,
          'x-real-ip': other,
          forwarded: `for=${other}`,
          'cf-connecting-ip': other,
          'true-client-ip': other,
          'x-client-ip': other,
        }),
      )
    }
    expect(statuses).toEqual([202, 202, 202, 429, 429])
  })

  it('that cannot be told is the one that all such requests share', async () => {
    expect(await askAll(kit(), ['', 'garbage', '1.2.3.4.5', '999.1.1.1', '::g'])).toEqual([
      202, 202, 202, 429, 429,
    ])
  })
})

describe('behind one proxy, a network', () => {
  const kit = useKit(postgres.open, { limits, trustedProxies: 1 })
  const askBehind = (forwarded: string): Promise<number> =>
    ask(kit(), '10.0.0.1', forwarded === '' ? {} : { 'x-forwarded-for': forwarded })

  it('is what the proxy appended, whatever the client wrote before it', async () => {
    const statuses: number[] = []
    for (const planted of ['', '8.8.8.8, ', '9.9.9.9,8.8.8.8,', ',,,', 'x'.repeat(5000) + ','])
      statuses.push(await askBehind(`${planted}203.0.113.7`))
    expect(statuses).toEqual([202, 202, 202, 429, 429])
    expect(await askBehind('203.0.113.7, 203.0.113.8')).toBe(202)
  })

  it('falls into the shared bucket for garbage, and never around it (CVE-2024-47070)', async () => {
    const garbage = [
      '',
      'x',
      '1.2.3',
      '203.0.113.9, ',
      '"203.0.113.9"',
      '0x7f.1',
      '203.0.113.9:99999999',
      '1'.repeat(4000),
    ]
    const statuses: number[] = []
    for (const each of garbage) statuses.push(await askBehind(each))
    expect(statuses).toEqual([202, 202, 202, 429, 429, 429, 429, 429])
  })
})

describe('a refusal', () => {
  const kit = useKit(postgres.open, { limits })

  it('of a network says when to come back, and then it is right', async () => {
    const browser = openBrowser(kit().auth)
    for (let round = 0; round < 3; round++)
      await browser.post('/recovery/request', { email: kit().newEmail() })
    const refused = await browser.post('/recovery/request', { email: kit().newEmail() })
    expect(refusalOf(refused)).toBe('429 rate_limited')
    const wait = Number(refused.headers.get('retry-after'))
    expect(wait).toBeGreaterThan(3500)
    kit().clock.advance(`${wait + 1}s`)
    expect((await browser.post('/recovery/request', { email: kit().newEmail() })).status).toBe(202)
  })

  it('counts nothing, so that who is refused is let in when the window is over', async () => {
    const browser = openBrowser(kit().auth)
    for (let round = 0; round < 30; round++)
      await browser.post('/recovery/request', { email: kit().newEmail() })
    kit().clock.advance('61m')
    const statuses: number[] = []
    for (let round = 0; round < 4; round++)
      statuses.push((await browser.post('/recovery/request', { email: kit().newEmail() })).status)
    expect(statuses).toEqual([202, 202, 202, 429])
  })
})

describe('a refusal of an address', () => {
  const kit = useKit(postgres.open, { limits: { messageStranger: { limit: 2 } } })

  it.each(['/magic-link/request', '/email-otp/request', '/recovery/request'])(
    'of an address looks like success, and nothing is sent (%s)',
    async (path) => {
      const { identity } = await enter(kit())
      await kit().inbox.clear()
      const address = newAddress()
      const bodies = new Set<string>()
      for (let round = 0; round < 4; round++) {
        const { status, text } = await openBrowser(kit().auth, { address }).post(path, {
          email: identity.value,
        })
        bodies.add(`${status} ${text}`)
      }
      expect(bodies).toEqual(new Set(['202 {"status":"verification_sent","codeLength":6}']))
      expect(await kit().inbox.to(identity.value)).toHaveLength(1)
      kit().clock.advance('61s')
      for (let round = 0; round < 2; round++)
        await openBrowser(kit().auth, { address }).post(path, { email: identity.value })
      expect(await kit().inbox.to(identity.value)).toHaveLength(2)
      kit().clock.advance('61s')
      await openBrowser(kit().auth, { address }).post(path, { email: identity.value })
      expect(await kit().inbox.to(identity.value)).toHaveLength(2)
    },
  )

  it('holds for an address in every letter case, and with spaces around it', async () => {
    const { identity } = await enter(kit())
    await kit().inbox.clear()
    const address = newAddress()
    for (const email of [identity.value, identity.value.toUpperCase(), ` ${identity.value}`])
      await openBrowser(kit().auth, { address }).post('/magic-link/request', { email })
    expect(await kit().inbox.to(identity.value)).toHaveLength(1)
  })
})

describe('messages to phones', () => {
  const kit = useKit(postgres.open, {
    limits: { messageCountry: { limit: 2 } },
    sender: { reaches: ['email', 'phone'], deliver: () => Promise.resolve() },
  })

  it('of one country are no switch: beyond the limit strangers solve a toll, and known browsers owe none', async () => {
    const sent = async () => {
      const { rows } = await kit().auth.query(
        `select count(*)::integer as count from latchkey.outbox where to_type = 'phone'`,
      )
      return rows[0]?.['count']
    }
    const ask = (browser: Browser, phone: string, headers = {}) =>
      browser.request('POST', '/sms-otp/request', { body: { phone }, headers })
    for (let number = 0; number < 2; number++)
      expect((await ask(openBrowser(kit().auth), kit().newPhone())).status).toBe(202)
    const [browser, phone] = [openBrowser(kit().auth), kit().newPhone()]
    const refused = await ask(browser, phone)
    expect(refusalOf(refused)).toBe('429 rate_limited')
    expect(await sent()).toBe(2)
    const solution = await solveToll(refused.json['toll'] as Toll)
    expect((await ask(browser, phone, { 'latchkey-toll': solution })).status).toBe(202)
    expect(await sent()).toBe(3)
    const events = await kit().auth.query(`select reason from latchkey.audit where event = 'limit.reached'`)
    expect(events.rows).toEqual([{ reason: 'messageCountry' }])
    await ask(openBrowser(kit().auth), '+4915112345678')
    expect(await sent()).toBe(4)
    kit().clock.advance('25h')
    expect((await ask(openBrowser(kit().auth), kit().newPhone())).status).toBe(202)
  })

  it('are bound: a solution is worth nothing for another phone, another browser, another route, or twice', async () => {
    const [browser, phone] = [openBrowser(kit().auth), kit().newPhone()]
    const ask = (from: Browser, to: string, headers = {}) =>
      from.request('POST', '/sms-otp/request', { body: { phone: to }, headers })
    await ask(openBrowser(kit().auth), kit().newPhone())
    await ask(openBrowser(kit().auth), kit().newPhone())
    const refused = await ask(browser, phone)
    const toll = refused.json['toll'] as Toll
    const headers = { 'latchkey-toll': await solveToll(toll) }
    expect(JSON.stringify(toll)).not.toContain(phone)
    expect(JSON.stringify(toll)).not.toContain(browser.jar.get('latchkey-flow'))
    expect((await ask(browser, kit().newPhone(), headers)).status).toBe(429)
    expect((await ask(openBrowser(kit().auth), phone, headers)).status).toBe(429)
    for (const garbage of ['', 'x', 'e30=', btoa('{"challenge":{"parameters":null}}'), 'A'.repeat(5000)])
      expect((await ask(browser, phone, { 'latchkey-toll': garbage })).status).toBe(429)
    kit().clock.advance('3m')
    expect((await ask(browser, phone, headers)).status).toBe(429)
    const again = { 'latchkey-toll': await solveToll((await ask(browser, phone)).json['toll'] as Toll) }
    expect((await ask(browser, phone, again)).status).toBe(202)
    kit().clock.advance('61s')
    expect((await ask(browser, phone, again)).status).toBe(429)
  })

  it('are paid for after another tab signed in, under the name before, and by nobody else', async () => {
    const browser = openBrowser(kit().auth)
    const ask = (from: Browser, to: string, headers = {}) =>
      from.request('POST', '/sms-otp/request', { body: { phone: to }, headers })
    const flowOf = ({ jar }: Browser): string => (jar.get('latchkey-flow') ?? '').split('.')[0] ?? ''
    async function signInBeside(tab: Browser): Promise<void> {
      const before = flowOf(tab)
      const email = kit().newEmail()
      const { user } = await kit().accounts.importUser({ email, verified: true })
      await kit().accounts.setPassword(user, goodPassword)
      await tab.post('/password/request', { email, password: goodPassword })
      expect(flowOf(tab)).not.toBe(before)
    }
    for (let number = 0; number < 2; number++) await ask(openBrowser(kit().auth), kit().newPhone())
    const phone = kit().newPhone()
    const paid = async (from: Browser) => ({
      'latchkey-toll': await solveToll((await ask(from, phone)).json['toll'] as Toll),
    })
    const headers = await paid(browser)
    await signInBeside(browser)
    const thief = openBrowser(kit().auth)
    thief.jar.set('latchkey-flow', flowOf(browser))
    expect((await ask(thief, phone, headers)).status).toBe(429)
    expect((await ask(browser, phone, headers)).status).toBe(202)
  })
})
