/** A code that signs in: by email, by text message and by WhatsApp. */

import { describe, expect, it } from 'vitest'
import { emailOtp, smsOtp, whatsapp } from '../../../src/strategies/index.js'
import { otherCode } from '../../../src/testing/suite/case.js'
import { engines } from '../../harness/engines.js'
import { openBrowser, refusalOf, roomy } from '../../harness/http-client.js'
import { useKit } from '../../harness/kit.js'

const ways = [
  { id: 'email-otp', field: 'email' },
  { id: 'sms-otp', field: 'phone' },
  { id: 'whatsapp', field: 'phone' },
] as const

describe.each(engines)('a code, on $name,', ({ open }) => {
  const kit = useKit(open, { ...roomy, strategies: [emailOtp(), smsOtp(), whatsapp()] })

  async function ask({ id, field }: (typeof ways)[number]) {
    const browser = openBrowser(kit().auth)
    const value = field === 'email' ? kit().newEmail() : kit().newPhone()
    expect(refusalOf(await browser.post(`/${id}/request`, { [field]: value }))).toBe('202 verification_sent')
    const { code = '', link, to } = await kit().inbox.latest(value)
    // Links do not sign in here, so none is sent.
    expect([to.type, /^[0-9]{6}$/.test(code), link]).toEqual([field, true, undefined])
    return { browser, value, code, prove: (typed: string) => ({ [field]: value, code: typed }) }
  }

  it.each(ways)('of $id signs in after a wrong try, and once', async (way) => {
    const { browser, code, prove } = await ask(way)
    const path = `/${way.id}/callback`
    expect(refusalOf(await browser.post(path, prove(otherCode(code))))).toBe('400 invalid_token')
    expect(browser.jar.has('latchkey')).toBe(false)
    expect((await browser.post(path, prove(code))).status).toBe(200)
    const { session } = (await browser.get('/session')).json as { session: { methods: string[] } }
    expect(session.methods).toEqual([way.id])
    expect(refusalOf(await browser.post(path, prove(code)))).toBe('400 invalid_token')
  })

  it.each(ways)('of $id is worth nothing in another browser', async (way) => {
    const { browser, code, prove } = await ask(way)
    const other = openBrowser(kit().auth)
    expect(refusalOf(await other.post(`/${way.id}/callback`, prove(code)))).toBe('400 invalid_token')
    expect((await browser.post(`/${way.id}/callback`, prove(code))).status).toBe(200)
  })

  it.each(ways)('of $id is over after its lifetime', async (way) => {
    const { browser, code, prove } = await ask(way)
    kit().clock.advance('11m')
    expect(refusalOf(await browser.post(`/${way.id}/callback`, prove(code)))).toBe('400 invalid_token')
  })
})

describe('without a strategy for links and passwords', () => {
  const kit = useKit(engines[0]?.open as (typeof engines)[0]['open'], { strategies: [emailOtp()] })

  it.each(['/password/request', '/magic-link/request', '/magic-link/callback', '/sms-otp/request'])(
    'there is no %s',
    async (path) => {
      const answer = await openBrowser(kit().auth).post(path, { email: 'ada@example.com' })
      expect(refusalOf(answer)).toBe('404 strategy_disabled')
    },
  )
})
