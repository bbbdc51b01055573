/**
 * Access that ends: on two engines before one PostgreSQL, every token of a user is dead for the next request, and no
 * request that was in flight brings one back (GHSA-2vg6-77g8-24mp).
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emailOtp, magicLink, password, smsOtp } from '../../src/strategies/index.js'
import type { Kit } from '../../src/testing/suite/case.js'
import { createKit, goodPassword, otherPassword, signUp } from '../../src/testing/suite/case.js'
import type { OpenedAuth } from '../harness/engines.js'
import type { Browser } from '../harness/http-client.js'
import { openBrowser, refusalOf, roomy } from '../harness/http-client.js'
import { secretKinds } from '../harness/http-secrets.js'
import type { Watch } from '../harness/watched.js'
import { openWatched } from '../harness/watched.js'

const options = { ...roomy, strategies: [password(), magicLink(), emailOtp(), smsOtp()] }
let kit: Kit
let other: OpenedAuth
let watch: Watch

beforeAll(async () => {
  const opened = await openWatched(options)
  kit = createKit(opened, 'ending')
  watch = opened.watch
  other = await openWatched(options, opened.url as string)
})
afterAll(async () => {
  await kit.auth.close()
  await other.auth.close()
})

interface Person {
  readonly user: { readonly id: string }
  readonly email: string
  /** The browser in which the ending is asked for. */
  readonly own: Browser
}

/** What ends sessions, and whether the one that asked for it stays. */
const endings: Readonly<Record<string, { stays: boolean; run(person: Person): Promise<unknown> }>> = {
  'a disabling': { stays: false, run: ({ user }) => kit.accounts.disableUser(user) },
  'a deletion by the host': { stays: false, run: ({ user }) => kit.accounts.deleteUser(user) },
  'a deletion by the person': { stays: false, run: ({ own }) => own.delete('/user') },
  'a recovery': {
    stays: false,
    async run({ email }) {
      const browser = openBrowser(kit.auth)
      await browser.post('/recovery/request', { email })
      const { token } = await kit.inbox.latest(email)
      await browser.post('/recovery/callback', { token, password: otherPassword })
    },
  },
  'a change of the password': {
    stays: true,
    run: ({ own }) => own.put('/password', { currentPassword: goodPassword, password: otherPassword }),
  },
  'a password that the host sets': {
    stays: false,
    run: ({ user }) => kit.accounts.setPassword(user, otherPassword),
  },
  'signing out everywhere else': { stays: true, run: ({ own }) => own.delete('/sessions') },
  'an ending of all by the host': { stays: false, run: ({ user }) => kit.accounts.revokeUserSessions(user) },
}

async function signInAt(auth: OpenedAuth['auth'], email: string): Promise<Browser> {
  const browser = openBrowser(auth)
  const answer = await browser.post('/password/request', { email, password: goodPassword })
  expect(answer.status).toBe(200)
  return browser
}

async function makePerson(): Promise<Person> {
  const { user, identity } = await signUp(kit)
  return { user, email: identity.value, own: await signInAt(kit.auth, identity.value) }
}

/** Whether a browser is signed in, asked of one engine by three routes and of the host's own. */
async function isIn(auth: OpenedAuth['auth'], { jar }: Browser): Promise<readonly boolean[]> {
  const browser = openBrowser(auth)
  const cookie = `latchkey=${jar.get('latchkey') ?? ''}`
  const ask = async (path: string): Promise<boolean> =>
    (await browser.request('GET', path, { headers: { cookie } })).status === 200
  const scope = await auth.scope(new Request('http://localhost:3000/', { headers: { cookie } }))
  return [await ask('/session'), await ask('/user'), await ask('/sessions'), scope !== null]
}

const all = (value: boolean): readonly boolean[] => [value, value, value, value]

describe.each(Object.entries(endings))('%s', (_name, { stays, run }) => {
  it('ends every token at once on both nodes', async () => {
    const person = await makePerson()
    const tokens = [await signInAt(kit.auth, person.email), await signInAt(other.auth, person.email)]
    const owns = new Map(person.own.jar)
    for (const auth of [kit.auth, other.auth])
      for (const browser of tokens) expect(await isIn(auth, browser)).toEqual(all(true))
    await run(person)
    for (const auth of [kit.auth, other.auth]) {
      for (const browser of tokens) expect(await isIn(auth, browser)).toEqual(all(false))
      expect(await isIn(auth, { ...person.own, jar: owns })).toEqual(all(stays))
    }
  })

  it('is seen by a sign-in whose password was compared before it', async () => {
    const person = await makePerson()
    const late = openBrowser(kit.auth)
    let ended = false
    const hook = watch.before('session_create', async () => {
      if (ended) return
      ended = true
      await run({ ...person, own: openAt(other.auth, person.own) })
    })
    const answer = await late.post('/password/request', { email: person.email, password: goodPassword })
    hook.stop()
    expect(ended).toBe(true)
    expect(refusalOf(answer)).toBe('401 invalid_credentials')
    expect(answer.cookies.filter((line) => /^latchkey=[^;]/.test(line))).toEqual([])
    expect(await isIn(kit.auth, late)).toEqual(all(false))
  })

  it('is not undone by a request in flight that extends a session', async () => {
    const person = await makePerson()
    const late = await signInAt(kit.auth, person.email)
    for (const { clock } of [kit, other]) clock.advance('61m')
    // The person has just signed in again, so that what asks for it is fresh.
    const own = await signInAt(other.auth, person.email)
    let ended = false
    const hook = watch.before('session_touch', async () => {
      if (ended) return
      ended = true
      await run({ ...person, own })
    })
    await late.get('/session')
    hook.stop()
    expect(ended).toBe(true)
    expect(await isIn(kit.auth, late)).toEqual(all(false))
    expect(await isIn(other.auth, late)).toEqual(all(false))
  })
})

/** The same browser before another engine. */
function openAt(auth: OpenedAuth['auth'], { jar }: Browser): Browser {
  const browser = openBrowser(auth)
  for (const [name, value] of jar) browser.jar.set(name, value)
  return browser
}

describe.each(secretKinds.filter(({ signsIn }) => signsIn))('$name', ({ mint, redeem }) => {
  const byHost = ['a disabling', 'a password that the host sets', 'an ending of all by the host']
  it.each(byHost)('that was redeemed before %s opens no session after it', async (ending) => {
    const browser = openBrowser(kit.auth)
    const minted = await mint(kit, browser)
    const { user } = await kit.inbox.latest(minted.value)
    let ended = false
    const hook = watch.before(['session_create', 'session_create_by_proof'], async () => {
      ended = true
      await endings[ending]?.run({ user, email: minted.value, own: browser })
    })
    const answer = await redeem(browser, minted)
    hook.stop()
    expect([ended, refusalOf(answer)]).toEqual([true, '401 invalid_credentials'])
    await kit.accounts.enableUser(user)
    expect(await kit.accounts.listUserSessions(user)).toEqual([])
  })
})
