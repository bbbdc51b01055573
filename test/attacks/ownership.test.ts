/** Ownership: the five classes of account pre-hijacking (arXiv 2205.10174). The attacker ends without access. */

import { describe, expect, it } from 'vitest'
import { AuthError } from '../../src/index.js'
import { enter, goodPassword, lastToken, opens, otherPassword, signUp } from '../../src/testing/suite/case.js'
import { pglite } from '../harness/engines.js'
import { useKit } from '../harness/kit.js'

const kit = useKit(pglite.open)
const attackersPassword = 'the password of an attacker'

async function refused(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return AuthError.is(error) ? error.code : String(error)
}

describe('before the owner comes, an attacker', () => {
  it('signs up with a password: the owner’s passwordless entry is another account (classic merge, GHSA-qq9h-g4jm-xgf3)', async () => {
    const { accounts, newEmail } = kit()
    const email = newEmail()
    const planted = await accounts.createUserWithPassword({ email, password: attackersPassword })
    const session = await accounts.generateUserSessionToken(planted.user)
    const owner = await enter(kit(), email)
    expect(owner.user.id).not.toBe(planted.user.id)
    expect(await opens(accounts, email, attackersPassword)).toBe(false)
    expect((await accounts.getUserBySessionToken(session))?.id).not.toBe(owner.user.id)
  })

  it('keeps a session: it ends with the proof (unexpired session)', async () => {
    const { accounts, newEmail } = kit()
    const email = newEmail()
    const { user, identity } = await accounts.createUserWithPassword({ email, password: attackersPassword })
    const session = await accounts.generateUserSessionToken(user)
    await accounts.requestEmailVerification(identity)
    await accounts.verifyMagicLink(await lastToken(kit(), email), 'email')
    expect(await accounts.getUserBySessionToken(session)).toBeNull()
  })

  it('adds an address of their own: the claim is never found again (trojan identifier)', async () => {
    const { accounts, newEmail } = kit()
    const [victims, attackers] = [newEmail(), newEmail()]
    const planted = await accounts.findOrCreateEmailIdentity(victims)
    const trojan = await accounts.addUserIdentity(planted.user, { type: 'email', value: attackers })
    await accounts.issueIdentityVerification(trojan, 'sign_in')
    await accounts.verifyMagicLink(await lastToken(kit(), attackers), 'sign_in')
    const owner = await enter(kit(), victims)
    expect(owner.user.id).not.toBe(planted.user.id)
    await accounts.issueIdentityVerification(trojan, 'sign_in')
    const again = await accounts.verifyMagicLink(await lastToken(kit(), attackers), 'sign_in')
    expect(again.user.id).toBe(planted.user.id)
    expect((await accounts.getUserByEmail(victims))?.id).toBe(owner.user.id)
  })

  it('keeps a change of address pending: it proves its own target alone (unexpired change, CVE-2026-32700)', async () => {
    const { accounts, newEmail } = kit()
    const attacker = await signUp(kit())
    const [victims, own] = [newEmail(), newEmail()]
    const [first, second] = [
      await accounts.addUserIdentity(attacker.user, { type: 'email', value: own }),
      await accounts.addUserIdentity(attacker.user, { type: 'email', value: victims }),
    ]
    await accounts.issueIdentityVerification(first, 'email_change')
    const token = await lastToken(kit(), own)
    await accounts.issueIdentityVerification(second, 'email_change')
    const owner = await enter(kit(), victims)
    const changed = await accounts.verifyMagicLink(token, 'email_change')
    expect(changed.identity?.value).toBe(own)
    expect((await accounts.getUserByEmail(victims))?.id).toBe(owner.user.id)
    expect((await accounts.listUserIdentities(attacker.user)).map(({ value }) => value)).toEqual([own])
  })

  it('imports an address that no provider has proven: it is a claim (non-verifying provider)', async () => {
    const { accounts, newEmail } = kit()
    const email = newEmail()
    const planted = await accounts.importUser({ email, verified: false })
    expect(await accounts.getUserByEmail(email)).toBeNull()
    const owner = await enter(kit(), email)
    expect(owner.user.id).not.toBe(planted.user.id)
  })
})

describe('an attacker who signs up with the address of somebody else, in a browser of their own,', () => {
  async function plant() {
    const { accounts, newEmail } = kit()
    const email = newEmail()
    const flow = `the attacker at ${email}`
    await accounts.requestSignUp({ email, password: attackersPassword }, { flow })
    const token = await lastToken(kit(), email)
    const { rows } = await kit().auth.query('select user_id from latchkey.identities where value_key = $1', [
      email,
    ])
    return { email, flow, token, user: { id: rows[0]?.['user_id'] as string } }
  }

  it('has no password left when the owner opens the link elsewhere and sets their own password', async () => {
    const { accounts } = kit()
    const { email, flow, token, user } = await plant()
    const session = await accounts.generateUserSessionToken(user)
    await accounts.requestSignUpAgain(email, { flow })
    expect(await refused(accounts.verifyMagicLink(token, 'email', { flow: 'the owner' }))).toBe(
      'invalid_token',
    )
    const fresh = await lastToken(kit(), email)
    expect(await refused(accounts.verifyMagicLink(fresh, 'email', { flow: 'the owner' }))).toBe(
      'confirmation_required',
    )
    const verified = await accounts.verifySignUpWithPassword(fresh, otherPassword)
    expect(verified.user.id).toBe(user.id)
    expect(await opens(accounts, email, attackersPassword)).toBe(false)
    expect(await opens(accounts, email, otherPassword)).toBe(true)
    expect(await accounts.getUserBySessionToken(session)).toBeNull()
    expect(await refused(accounts.verifyMagicLink(fresh, 'email', { flow }))).toBe('invalid_token')
  })

  it('keeps no address of their own on the account that the owner proves', async () => {
    const { accounts, newEmail } = kit()
    const { email, token, user } = await plant()
    const trojan = await accounts.addUserIdentity(user, { type: 'email', value: newEmail() })
    await accounts.requestEmailVerification(trojan, { flow: 'the attacker' })
    const pending = await lastToken(kit(), trojan.value)
    await accounts.verifySignUpWithPassword(token, otherPassword)
    expect((await accounts.listUserIdentities(user)).map(({ value }) => value)).toEqual([email])
    // The list leaves out what can't be proven any more, so the rows are asked too.
    const { rows } = await kit().auth.query('select value from latchkey.identities where user_id = $1', [
      user.id,
    ])
    expect(rows).toEqual([{ value: email }])
    expect(await refused(accounts.verifyMagicLink(pending, 'email', { flow: 'the attacker' }))).toBe(
      'invalid_token',
    )
  })

  it('puts no address of the owner on an account that is the attacker’s already', async () => {
    const { accounts, newEmail } = kit()
    const attacker = await signUp(kit())
    const email = newEmail()
    const claim = await accounts.addUserIdentity(attacker.user, { type: 'email', value: email })
    await accounts.requestEmailVerification(claim, { flow: 'the attacker' })
    const token = await lastToken(kit(), email)
    expect(await refused(accounts.verifySignUpWithPassword(token, otherPassword))).toBe(
      'confirmation_required',
    )
    expect(await accounts.isEmailTaken(email)).toBe(false)
    expect(await opens(accounts, attacker.identity.value, goodPassword)).toBe(true)
  })

  it('gets no proof sent again to a claim of another browser, whose owner would prove it for them', async () => {
    const { accounts, inbox } = kit()
    const { email } = await plant()
    const before = (await inbox.to(email)).length
    for (const options of [{}, { flow: 'the owner' }]) await accounts.requestSignUpAgain(email, options)
    expect((await inbox.to(email)).length).toBe(before)
  })
})

describe('an owner who was too late for one claim', () => {
  it('is told only with a valid secret, and the password of the lost claim stays worthless', async () => {
    const { accounts, newEmail } = kit()
    const email = newEmail()
    const { user, identity } = await accounts.createUserWithPassword({ email, password: goodPassword })
    await accounts.requestEmailVerification(identity)
    const token = await lastToken(kit(), email)
    const owner = await enter(kit(), email)
    expect(await refused(accounts.verifyMagicLink(token, 'email'))).toBe('already_claimed')
    expect(await refused(accounts.verifyMagicLink('x'.repeat(43), 'email'))).toBe('invalid_token')
    await accounts.setPassword(owner.user, otherPassword)
    expect(await opens(accounts, email, goodPassword)).toBe(false)
    expect(await opens(accounts, email, otherPassword)).toBe(true)
    expect((await accounts.listUserIdentities(user))[0]?.verifiedAt).toBeNull()
  })
})
