/** A link that signs in: in the browser that asked for it, and in another one, by the number that the first one shows. */

import { describe, expect, it } from 'vitest'
import { enter } from '../../../src/testing/suite/case.js'
import { engines } from '../../harness/engines.js'
import { openBrowser, refusalOf, roomy } from '../../harness/http-client.js'
import { useKit } from '../../harness/kit.js'

describe.each(engines)('a link, on $name,', ({ open }) => {
  const kit = useKit(open, roomy)

  async function ask(email: string) {
    const browser = openBrowser(kit().auth, { userAgent: 'the browser that asks' })
    expect(refusalOf(await browser.post('/magic-link/request', { email }))).toBe('202 verification_sent')
    const { token } = await kit().inbox.latest(email)
    return { browser, token: token as string }
  }

  it('signs a new person in, and the same person again, in the browser that asked', async () => {
    const email = kit().newEmail()
    const first = await ask(email)
    const signedIn = await first.browser.post('/magic-link/callback', { token: first.token })
    expect(signedIn.status).toBe(200)
    const second = await ask(email)
    await second.browser.get(`/magic-link/callback?token=${second.token}`)
    expect((await second.browser.post('/magic-link/callback')).json['user']).toEqual(signedIn.json['user'])
    const { session } = (await second.browser.get('/session')).json as { session: Record<string, unknown> }
    expect(session).toMatchObject({ methods: ['magic-link'], userAgent: 'the browser that asks' })
    expect(refusalOf(await second.browser.post('/magic-link/callback'))).toBe('422 input_invalid')
  })

  it('opened elsewhere signs in nobody there, and lets the browser that waits finish, once', async () => {
    const { user, identity } = await enter(kit())
    const { browser: waiting, token } = await ask(identity.value)
    const other = openBrowser(kit().auth)
    expect((await waiting.get('/magic-link/wait')).json['status']).toBe('waiting')
    expect(refusalOf(await waiting.post('/magic-link/wait'))).toBe('202 waiting')
    await other.get(`/magic-link/callback?token=${token}`)
    expect(refusalOf(await other.post('/magic-link/callback'))).toBe('409 confirmation_required')
    expect(other.jar.has('latchkey')).toBe(false)
    const number = String((await waiting.get('/magic-link/wait')).json['number'])
    const wrong = String(10 + ((Number(number) - 9) % 90))
    const mistyped = await other.post('/magic-link/approve', { number: wrong })
    expect(mistyped.json['fields']).toEqual([{ field: 'number', rule: 'mismatch' }])
    expect(refusalOf(await other.post('/magic-link/approve', { number }))).toBe('200 approved')
    expect(other.jar.has('latchkey')).toBe(false)
    expect((await waiting.get('/magic-link/wait')).json).toEqual({ status: 'approved', number })
    expect(refusalOf(await other.post('/magic-link/wait'))).toBe('202 waiting')
    const finished = await waiting.post('/magic-link/wait')
    expect([finished.status, (finished.json['user'] as { id: string }).id]).toEqual([200, user.id])
    expect((await waiting.get('/session')).status).toBe(200)
    expect(refusalOf(await waiting.post('/magic-link/wait'))).toBe('202 waiting')
    expect((await waiting.get('/magic-link/wait')).json).toEqual({ status: 'none' })
  })

  it('still works where it was asked for after somebody opened it elsewhere', async () => {
    const { browser, token } = await ask(kit().newEmail())
    await openBrowser(kit().auth).post('/magic-link/callback', { token })
    expect((await browser.post('/magic-link/callback', { token })).status).toBe(200)
  })

  it('is over after its lifetime', async () => {
    const { browser, token } = await ask(kit().newEmail())
    kit().clock.advance('16m')
    expect(refusalOf(await browser.post('/magic-link/callback', { token }))).toBe('400 invalid_token')
  })
})
