/**
 * A stolen session whose sign-in is more than ten minutes ago (ASVS 5 7.5.2 and 7.5.1): the thief reads what the person
 * reads, and changes nothing that would keep the person out.
 */

import { beforeAll, describe, expect, it } from 'vitest'
import { goodPassword, opens, otherPassword, signUp } from '../../../src/testing/suite/case.js'
import { postgres } from '../../harness/engines.js'
import type { Browser } from '../../harness/http-client.js'
import { openBrowser, refusalOf, roomy } from '../../harness/http-client.js'
import { useKit } from '../../harness/kit.js'
import { createPerson } from '../../harness/person.js'

const kit = useKit(postgres.open, roomy)
const sessionCookie = 'latchkey'

let email: string
let userId: string
let thief: Browser
let ownId: string
let otherId: string

async function signInAgain(): Promise<Browser> {
  const browser = openBrowser(kit().auth)
  const answer = await browser.post('/password/request', { email, password: goodPassword })
  expect(answer.status).toBe(200)
  return browser
}

const idOf = async (browser: Browser): Promise<string> => {
  const { session } = (await browser.get('/session')).json as { session: { id: string } }
  return session.id
}

beforeAll(async () => {
  const { identity, user } = await signUp(kit())
  email = identity.value
  userId = user.id
  const owner = await signInAgain()
  ownId = await idOf(owner)
  kit().clock.advance('11m')
  otherId = await idOf(await signInAgain())
  thief = openBrowser(kit().auth)
  thief.jar.set(sessionCookie, owner.jar.get(sessionCookie) ?? '')
})

/** What the thief leaves alone: the account as it was. */
async function expectUntouched(): Promise<void> {
  const user = await kit().accounts.getUser({ id: userId })
  expect([user?.name, user?.username, user?.metadata]).toEqual([null, null, {}])
  const ids = (await kit().accounts.listUserSessions({ id: userId })).map(({ id }) => id)
  expect(ids).toEqual(expect.arrayContaining([ownId, otherId]))
  expect(await opens(kit().accounts, email, goodPassword)).toBe(true)
}

const attempts: Readonly<Record<string, () => ReturnType<Browser['get']>>> = {
  'renames the account': () => thief.patch('/user', { name: 'Mallory' }),
  'takes another username': () => thief.patch('/user', { username: 'mallory' }),
  'changes the metadata': () => thief.patch('/user', { metadata: { locale: 'fr' } }),
  'ends all other sessions': () => thief.delete('/sessions'),
  'ends another session': () => thief.delete(`/sessions/${otherId}`),
  'ends another session, spelled in capitals': () => thief.delete(`/sessions/${otherId.toUpperCase()}`),
  'deletes the account': () => thief.delete('/user'),
}

describe('a stale, stolen session', () => {
  it.each(Object.entries(attempts))('never %s', async (_, attempt) => {
    expect(refusalOf(await attempt())).toBe('403 assurance_required')
    await expectUntouched()
  })

  it('never changes the password without the one that is set', async () => {
    const changed = await thief.put('/password', { currentPassword: otherPassword, password: otherPassword })
    expect(refusalOf(changed)).toBe('422 input_invalid')
    await expectUntouched()
  })

  it('adds, changes and removes no address: there is no route for that', async () => {
    const body = { type: 'email', value: kit().newEmail() }
    for (const [method, path] of [
      ['POST', '/identities'],
      ['PUT', '/identities'],
      ['DELETE', '/identities'],
      ['POST', '/email-change/request'],
    ] as const) {
      const browser = openBrowser(kit().auth, { replaced: true })
      browser.jar.set(sessionCookie, thief.jar.get(sessionCookie) ?? '')
      expect([404, 405]).toContain((await browser.request(method, path, { body })).status)
    }
    const identities = await kit().accounts.listUserIdentities({ id: userId })
    expect(identities.map(({ value }) => value)).toEqual([email])
  })

  it.each([
    ['/auth/account/profile', { name: 'Mallory', username: 'mallory' }],
    ['/auth/account/sessions/end-others', {}],
    ['/auth/account/sessions/OTHER/end', {}],
    ['/auth/account/delete', { agree: 'yes' }],
  ] as const)('is led to the sign-in by the form %s', async (path, values) => {
    const person = createPerson(kit().auth)
    person.cookies.set(sessionCookie, thief.jar.get(sessionCookie) ?? '')
    const { html } = await person.open('/auth/account')
    const [, form = ''] = /name="_form" value="([^"]+)"/.exec(html) ?? []
    const after = await person.post(path.replace('OTHER', otherId), { ...values, _form: form })
    expect(after.way[0]).toContain('/auth/sign-in?fresh=yes')
    await expectUntouched()
  })

  it('signs itself out, as whoever holds it may', async () => {
    expect((await thief.delete('/session')).status).toBe(204)
    expect((await thief.get('/session')).status).toBe(401)
    expect((await kit().accounts.listUserSessions({ id: userId })).map(({ id }) => id)).toContain(otherId)
  })
})
