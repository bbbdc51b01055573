/** The story of a person with a password, as JSON: from the sign-up to the deletion. */

import { describe, expect, it } from 'vitest'
import { goodPassword, otherPassword } from '../../../src/testing/suite/case.js'
import { engines } from '../../harness/engines.js'
import { arrive, openBrowser, refusalOf, roomy } from '../../harness/http-client.js'
import { useKit } from '../../harness/kit.js'

interface ListedSession {
  readonly id: string
  readonly current: boolean
}

describe.each(engines)('a person with a password, on $name', ({ open }) => {
  const kit = useKit(open, roomy)

  it('signs up, proves the address by the link, and signs in', async () => {
    const browser = openBrowser(kit().auth)
    const credentials = { email: kit().newEmail(), password: goodPassword }
    const asked = await browser.post('/sign-up', credentials)
    expect([asked.status, asked.json]).toEqual([202, { status: 'verification_sent', codeLength: 6 }])
    expect(refusalOf(await browser.post('/password/request', credentials))).toBe('401 invalid_credentials')
    const { token, event } = await kit().inbox.latest(credentials.email)
    expect(event).toBe('email')
    expect(refusalOf(await browser.post('/verification/callback', { token }))).toBe('200 verified')
    expect(browser.jar.has('latchkey')).toBe(false)
    const signedIn = await browser.post('/password/request', credentials)
    expect([signedIn.status, Object.keys(signedIn.json)]).toEqual([200, ['user']])
    expect(signedIn.text).not.toContain(browser.jar.get('latchkey'))
    expect((await browser.get('/session')).json['user']).toEqual(signedIn.json['user'])
  })

  it('proves the address by the code, and by the link that the browser has parked', async () => {
    const browser = openBrowser(kit().auth)
    const [first, second] = [kit().newEmail(), kit().newEmail()]
    await browser.post('/sign-up', { email: first, password: goodPassword })
    const { code } = await kit().inbox.latest(first)
    expect(refusalOf(await browser.post('/verification/callback', { email: first, code }))).toBe(
      '200 verified',
    )
    await browser.post('/sign-up', { email: second, password: goodPassword })
    const { token } = await kit().inbox.latest(second)
    const opened = await browser.get(`/verification/callback?token=${token}`)
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/auth/confirm'])
    expect(refusalOf(await browser.post('/verification/callback'))).toBe('200 verified')
    expect(await kit().accounts.isEmailTaken(second)).toBe(true)
  })

  it('asks for the proof again, and the older one is worth nothing', async () => {
    const browser = openBrowser(kit().auth)
    const email = kit().newEmail()
    await browser.post('/sign-up', { email, password: goodPassword })
    const { token: first } = await kit().inbox.latest(email)
    expect((await browser.post('/verification/request', { email })).status).toBe(202)
    const { token: second } = await kit().inbox.latest(email)
    expect(second).not.toBe(first)
    expect(refusalOf(await browser.post('/verification/callback', { token: first }))).toBe(
      '400 invalid_token',
    )
    expect(refusalOf(await browser.post('/verification/callback', { token: second }))).toBe('200 verified')
  })

  it('opens the proof in another browser, and finishes there with the password', async () => {
    const [here, there] = [openBrowser(kit().auth), openBrowser(kit().auth)]
    const email = kit().newEmail()
    await here.post('/sign-up', { email, password: goodPassword })
    const { token } = await kit().inbox.latest(email)
    await there.get(`/verification/callback?token=${token}`)
    expect(refusalOf(await there.post('/verification/callback'))).toBe('409 confirmation_required')
    expect(await kit().accounts.isEmailTaken(email)).toBe(false)
    const finished = await there.post('/verification/callback', { password: otherPassword })
    expect(refusalOf(finished)).toBe('200 verified')
    const signIn = (password: string) => there.post('/password/request', { email, password })
    expect([(await signIn(goodPassword)).status, (await signIn(otherPassword)).status]).toEqual([401, 200])
  })

  it('sees the sessions, ends one, and then all others', async () => {
    const browsers = Array.from({ length: 4 }, () => openBrowser(kit().auth))
    const [here, second, third, fourth] = browsers as [(typeof browsers)[0], ...typeof browsers]
    const email = await arrive(kit(), here)
    for (const browser of browsers.slice(1))
      await browser.post('/password/request', { email, password: goodPassword })
    const { sessions } = (await here.get('/sessions')).json as { sessions: ListedSession[] }
    expect(sessions.map(({ current }) => current).sort()).toEqual([false, false, false, true])
    const listed: string[] = []
    for (let next: string | undefined = ''; next !== undefined;) {
      const page = (await here.get(`/sessions?limit=3${next === '' ? '' : `&after=${next}`}`)).json as {
        sessions: ListedSession[]
        next?: string
      }
      listed.push(...page.sessions.map(({ id }) => id))
      next = page.next
    }
    expect(listed).toEqual(sessions.map(({ id }) => id))
    expect((await here.get('/sessions?limit=1001')).status).toBe(422)
    const own = (await second?.get('/session'))?.json['session'] as { id: string }
    expect((await here.delete(`/sessions/${own.id}`)).status).toBe(204)
    expect((await here.delete(`/sessions/${own.id}`)).status).toBe(404)
    expect((await second?.get('/session'))?.status).toBe(401)
    expect((await third?.get('/session'))?.status).toBe(200)
    expect((await here.delete('/sessions')).status).toBe(204)
    const left: (number | undefined)[] = []
    for (const browser of [here, third, fourth]) left.push((await browser?.get('/session'))?.status)
    expect(left).toEqual([200, 401, 401])
    expect((await here.delete('/session')).status).toBe(204)
    expect([here.jar.has('latchkey'), (await here.get('/session')).status]).toEqual([false, 401])
  })

  it('changes the profile and the password, which ends the sessions elsewhere', async () => {
    const [here, there] = [openBrowser(kit().auth), openBrowser(kit().auth)]
    const email = await arrive(kit(), here)
    await there.post('/password/request', { email, password: goodPassword })
    const username = kit().newUsername()
    const changed = await here.patch('/user', { name: ' Ada ', username, metadata: { a: 1, b: 2 } })
    expect(changed.json['user']).toMatchObject({ name: 'Ada', username, metadata: { a: 1, b: 2 } })
    const merged = await here.patch('/user', { name: null, metadata: { a: null } })
    expect(merged.json['user']).toMatchObject({ name: null, username, metadata: { b: 2 } })
    expect((await here.get('/user')).json).toEqual(merged.json)
    const { identities } = (await here.get('/identities')).json as { identities: { value: string }[] }
    expect(identities.map(({ value }) => value)).toEqual([email])
    const wrong = { currentPassword: otherPassword, password: otherPassword }
    expect((await here.put('/password', wrong)).json['fields']).toEqual([
      { field: 'currentPassword', rule: 'current' },
    ])
    expect((await here.put('/password', { ...wrong, currentPassword: goodPassword })).status).toBe(204)
    expect([(await here.get('/session')).status, (await there.get('/session')).status]).toEqual([200, 401])
    expect((await kit().inbox.latest(email)).event).toBe('password_changed')
  })

  it('deletes the account with a fresh session alone', async () => {
    const browser = openBrowser(kit().auth)
    const email = await arrive(kit(), browser)
    kit().clock.advance('11m')
    const stale = await browser.delete('/user')
    expect([refusalOf(stale), stale.json['methods']]).toEqual([
      '403 assurance_required',
      ['password', 'magic-link', 'email-otp'],
    ])
    await browser.post('/password/request', { email, password: goodPassword })
    expect((await browser.delete('/user')).status).toBe(204)
    expect([browser.jar.has('latchkey'), (await browser.get('/session')).status]).toEqual([false, 401])
    expect(await kit().accounts.isEmailTaken(email)).toBe(false)
    expect((await browser.post('/password/request', { email, password: goodPassword })).status).toBe(401)
  })
})
