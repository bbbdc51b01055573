/** What the audit knows of requests that came to nothing: who was meant, from where, and no more rows than it needs. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goodPassword } from '../../../src/testing/suite/case.js'
import { engines } from '../../harness/engines.js'
import type { OpenedAuth } from '../../harness/engines.js'
import { arrive, openBrowser, refusalOf } from '../../harness/http-client.js'
import { createKit } from '../../../src/testing/suite/case.js'

interface Row {
  readonly event: string
  readonly reason: string
  readonly user_id: string | null
  readonly actor_type: string
  readonly actor_id: string | null
  readonly ip: string
  readonly user_agent: string
  readonly mac: string | null
}

describe.each(engines)('requests that came to nothing, on $name', ({ open }) => {
  let opened: OpenedAuth
  beforeAll(async () => {
    opened = await open({ limits: { signUpNetwork: { limit: 1 }, messageNetwork: { limit: 1000 } } })
  })
  afterAll(() => opened.auth.close())

  async function rows(event: string, address: string): Promise<Row[]> {
    const text = `select event, reason, user_id, actor_type, actor_id, host(ip) as ip, user_agent, address_mac::text as mac
      from latchkey.audit where event = $1 and host(ip) like $2 order by id`
    return (await opened.auth.query(text, [event, address])).rows as unknown as Row[]
  }

  describe('failures', () => {
    it('carry the digest of the address, and where they came from', async () => {
      const { auth } = opened
      const address = '192.0.2.71'
      const browser = openBrowser(auth, { address })
      await auth.accounts.importUser({ email: 'ada@example.com', verified: true })
      const tries = ['ada@example.com', 'ADA@Example.com', 'nobody@example.com', 'nobody@example.com']
      for (const email of tries) await browser.post('/password/request', { email, password: goodPassword })
      await browser.post('/password/request', { email: 'no address', password: goodPassword })
      const failed = await rows('sign_in.failed', address)
      expect(failed.map(({ ip, user_agent }) => [ip, user_agent])).toEqual(
        Array(5).fill([address, 'Mozilla/5.0 (test)']),
      )
      const [ada, again, nobody, nobodyAgain, none] = failed.map(({ mac }) => mac)
      expect([ada, nobody, none]).toEqual([again, nobodyAgain, null])
      expect(ada).toMatch(/^\\x[0-9a-f]{64}$/)
      expect(nobody).not.toBe(ada)
      const code = { email: 'ada@example.com', code: '123456' }
      await browser.post('/email-otp/callback', code)
      expect((await rows('verification.failed', address)).map(({ mac }) => mac)).toEqual([ada])
    })
  })

  describe('a refusal', () => {
    it('by a limit leaves one row a minute for its subject', async () => {
      const { auth, clock } = opened
      const signUp = async (address: string, email: string): Promise<string> =>
        refusalOf(await openBrowser(auth, { address }).post('/sign-up', { email, password: goodPassword }))
      expect(await signUp('192.0.2.72', 'one@example.com')).toBe('202 verification_sent')
      for (let times = 0; times < 5; times++)
        expect(await signUp('192.0.2.72', `more-${times}@example.com`)).toBe('429 rate_limited')
      const refused = { event: 'request.refused', reason: 'limit_signUpNetwork', user_id: null, mac: null }
      const [row] = await rows('request.refused', '192.0.2.72')
      expect(row).toMatchObject({ ...refused, actor_type: 'stranger', ip: '192.0.2.72' })
      expect(await rows('request.refused', '192.0.2.72')).toHaveLength(1)
      clock.advance('61s')
      expect(await signUp('192.0.2.72', 'later@example.com')).toBe('429 rate_limited')
      expect(await rows('request.refused', '192.0.2.72')).toHaveLength(2)
    })

    it('by a forged origin leaves one row a minute for its subject', async () => {
      const { auth } = opened
      const body = { email: 'ada@example.com', password: goodPassword }
      for (let times = 0; times < 3; times++) {
        const browser = openBrowser(auth, { address: `2001:db8:7:${times}::1` })
        const forged = { body, headers: { origin: 'https://evil.example' } }
        expect(refusalOf(await browser.request('POST', '/password/request', forged))).toBe(
          '403 forbidden_origin',
        )
      }
      const forged = await rows('request.refused', '2001:db8:7:%')
      expect(forged).toMatchObject([
        { reason: 'forbidden_origin', actor_type: 'stranger', ip: '2001:db8:7::1' },
      ])
    })

    it('by a sign-in that is not recent leaves one row a minute for its subject', async () => {
      const { auth, clock } = opened
      const address = '192.0.2.74'
      const browser = openBrowser(auth, { address })
      await arrive(createKit(opened, 'refusals'), browser)
      clock.advance('20m')
      for (let times = 0; times < 3; times++) expect((await browser.delete('/user')).status).toBe(403)
      const stale = await rows('request.refused', address)
      expect(stale).toHaveLength(1)
      expect(stale).toMatchObject([{ reason: 'session_not_fresh', actor_type: 'user' }])
      expect(stale[0]?.user_id).toBe(stale[0]?.actor_id)
      expect(stale[0]?.user_id).not.toBeNull()
    })
  })
})
