/** Ownership over HTTP: the five classes of account pre-hijacking (arXiv 2205.10174). The attacker ends without access. */

import { describe, expect, it } from 'vitest'
import type { Auth } from '../../src/index.js'
import type { Strategy } from '../../src/strategies/index.js'
import { emailOtp, magicLink, password } from '../../src/strategies/index.js'
import { goodPassword, otherPassword } from '../../src/testing/suite/case.js'
import { engines } from '../harness/engines.js'
import type { Browser } from '../harness/http-client.js'
import { openBrowser, refusalOf, roomy } from '../harness/http-client.js'
import { useKit } from '../harness/kit.js'

const attackersPassword = 'the password of an attacker'

// A provider that says an address and has never looked whether it is theirs. A strategy of the host has its `auth`.
function carelessProvider(authOf: () => Auth): Strategy {
  return {
    id: 'careless',
    name: 'Careless',
    identity: 'https://careless.example',
    kind: 'credential',
    fields: { request: [{ name: 'email', type: 'email' }] },
    async request(_context, { email = '' }) {
      const { user } = await authOf().accounts.importUser({ email, verified: false })
      return { status: 'proved', user, methods: ['careless'] }
    },
  }
}

describe.each(engines)('an attacker who came before the owner, on $name,', ({ open }) => {
  const strategies = [password(), magicLink(), emailOtp(), carelessProvider(() => kit().auth)]
  const kit = useKit(open, { ...roomy, strategies })

  const signUpAt = (browser: Browser, email: string, chosen: string) =>
    browser.post('/sign-up', { email, password: chosen })
  const userIdOf = async (browser: Browser): Promise<string | undefined> =>
    ((await browser.get('/session')).json['user'] as { id: string } | undefined)?.id

  /** The owner signs in by a link in a browser of their own. */
  async function enterAsOwner(email: string): Promise<Browser> {
    const owner = openBrowser(kit().auth)
    await owner.post('/magic-link/request', { email })
    const { token } = await kit().inbox.latest(email)
    expect((await owner.post('/magic-link/callback', { token })).status).toBe(200)
    return owner
  }

  /** Nothing that the attacker holds leads to the owner's account. */
  async function expectOutside(attacker: Browser, email: string, owner: Browser): Promise<void> {
    const ownerId = await userIdOf(owner)
    expect(ownerId).toBeDefined()
    expect(await userIdOf(attacker)).not.toBe(ownerId)
    const typed = await attacker.post('/password/request', { email, password: attackersPassword })
    expect(refusalOf(typed)).toBe('401 invalid_credentials')
    expect(refusalOf(await attacker.post('/magic-link/wait'))).toBe('202 waiting')
    expect(await userIdOf(attacker)).not.toBe(ownerId)
  }

  it('with a password is not merged with the owner who enters without one (classic merge, GHSA-qq9h-g4jm-xgf3)', async () => {
    const attacker = openBrowser(kit().auth)
    const email = kit().newEmail()
    await signUpAt(attacker, email, attackersPassword)
    await expectOutside(attacker, email, await enterAsOwner(email))
  })

  it('with a planted password loses it when the owner finishes that very sign-up (GHSA-qq9h-g4jm-xgf3)', async () => {
    const [attacker, owner] = [openBrowser(kit().auth), openBrowser(kit().auth)]
    const email = kit().newEmail()
    await signUpAt(attacker, email, attackersPassword)
    await attacker.post('/verification/request', { email })
    const { token } = await kit().inbox.latest(email)
    expect(refusalOf(await owner.post('/verification/callback', { token }))).toBe('409 confirmation_required')
    const finished = await owner.post('/verification/callback', { token, password: otherPassword })
    expect(refusalOf(finished)).toBe('200 verified')
    expect((await owner.post('/password/request', { email, password: otherPassword })).status).toBe(200)
    await expectOutside(attacker, email, owner)
  })

  it('with a planted password has nothing after the owner signed up anew', async () => {
    const [attacker, owner] = [openBrowser(kit().auth), openBrowser(kit().auth)]
    const email = kit().newEmail()
    await signUpAt(attacker, email, attackersPassword)
    await signUpAt(owner, email, goodPassword)
    const { token } = await kit().inbox.latest(email)
    expect(refusalOf(await owner.post('/verification/callback', { token }))).toBe('200 verified')
    expect((await owner.post('/password/request', { email, password: goodPassword })).status).toBe(200)
    await attacker.post('/verification/request', { email })
    await expectOutside(attacker, email, owner)
  })

  it('with a session of the planted account stays alone in it (unexpired session)', async () => {
    const attacker = openBrowser(kit().auth)
    const email = kit().newEmail()
    const { user } = await kit().accounts.findOrCreateEmailIdentity(email)
    attacker.jar.set('latchkey', await kit().accounts.generateUserSessionToken(user))
    const owner = await enterAsOwner(email)
    expect(await userIdOf(attacker)).toBe(user.id)
    await expectOutside(attacker, email, owner)
  })

  it('with a session of the planted account has none after the owner proved that account (unexpired session)', async () => {
    const [attacker, owner] = [openBrowser(kit().auth), openBrowser(kit().auth)]
    const email = kit().newEmail()
    await signUpAt(attacker, email, attackersPassword)
    const { token, user } = await kit().inbox.latest(email)
    attacker.jar.set('latchkey', await kit().accounts.generateUserSessionToken(user))
    expect(await userIdOf(attacker)).toBe(user.id)
    await owner.post('/verification/callback', { token, password: otherPassword })
    await owner.post('/password/request', { email, password: otherPassword })
    expect(await userIdOf(owner)).toBe(user.id)
    expect((await attacker.get('/session')).status).toBe(401)
    await expectOutside(attacker, email, owner)
  })

  it('with a pending link of the planted account has nothing to wait for after the proof', async () => {
    const attacker = openBrowser(kit().auth)
    const email = kit().newEmail()
    await attacker.post('/magic-link/request', { email })
    expect((await attacker.get('/magic-link/wait')).json['status']).toBe('waiting')
    const owner = await enterAsOwner(email)
    expect((await attacker.get('/magic-link/wait')).json).toEqual({ status: 'none' })
    await expectOutside(attacker, email, owner)
  })

  it('with an address of their own on the planted account keeps no way in (trojan identifier)', async () => {
    const attacker = openBrowser(kit().auth)
    const [email, own] = [kit().newEmail(), kit().newEmail()]
    await signUpAt(attacker, email, attackersPassword)
    const { token, user: planted } = await kit().inbox.latest(email)
    const trojan = await kit().accounts.addUserIdentity(planted, { type: 'email', value: own })
    await kit().accounts.issueIdentityVerification(trojan, 'sign_in')
    const { code } = await kit().inbox.latest(own)
    const owner = openBrowser(kit().auth)
    await owner.post('/verification/callback', { token, password: otherPassword })
    expect((await owner.post('/password/request', { email, password: otherPassword })).status).toBe(200)
    expect(refusalOf(await attacker.post('/email-otp/callback', { email: own, code }))).toBe(
      '400 invalid_token',
    )
    const { identities } = (await owner.get('/identities')).json as { identities: { value: string }[] }
    expect(identities.map(({ value }) => value)).toEqual([email])
    await expectOutside(attacker, email, owner)
  })

  it('with a change of address pending proves nothing but that address (unexpired change, CVE-2026-32700)', async () => {
    const [email, own] = [kit().newEmail(), kit().newEmail()]
    const attacker = await enterAsOwner(own)
    const user = { id: (await userIdOf(attacker)) as string }
    const claim = await kit().accounts.addUserIdentity(user, { type: 'email', value: email })
    await kit().accounts.issueIdentityVerification(claim, 'email_change')
    const { token = '' } = await kit().inbox.latest(email)
    const owner = await enterAsOwner(email)
    for (const path of ['/magic-link/callback', '/verification/callback'])
      expect((await attacker.post(path, { token })).status).toBe(400)
    await expect(kit().accounts.verifyMagicLink(token, 'email_change')).rejects.toMatchObject({
      code: 'already_claimed',
    })
    await expectOutside(attacker, email, owner)
    const { identities } = (await attacker.get('/identities')).json as {
      identities: { value: string; verifiedAt: string | null }[]
    }
    expect(identities.filter(({ verifiedAt }) => verifiedAt !== null).map(({ value }) => value)).toEqual([
      own,
    ])
  })

  it('by a provider that verifies nothing has an account beside the owner’s (non-verifying provider)', async () => {
    const attacker = openBrowser(kit().auth, { replaced: true })
    const email = kit().newEmail()
    expect((await attacker.post('/careless/request', { email })).status).toBe(200)
    const planted = await userIdOf(attacker)
    const owner = await enterAsOwner(email)
    expect(await userIdOf(owner)).not.toBe(planted)
    await expectOutside(attacker, email, owner)
    const again = openBrowser(kit().auth, { replaced: true })
    await again.post('/careless/request', { email })
    expect(await userIdOf(again)).not.toBe(await userIdOf(owner))
  })

  it('learns that the address is taken only with a valid secret for it, and the secret is spent', async () => {
    const attacker = openBrowser(kit().auth)
    const email = kit().newEmail()
    await signUpAt(attacker, email, attackersPassword)
    const { token } = await kit().inbox.latest(email)
    const owner = await enterAsOwner(email)
    expect(refusalOf(await attacker.post('/verification/callback', { token }))).toBe('409 already_claimed')
    expect(refusalOf(await attacker.post('/verification/callback', { token }))).toBe('400 invalid_token')
    await expectOutside(attacker, email, owner)
  })
})
