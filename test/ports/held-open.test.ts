/** Races that are held open on purpose: one side stands in a transaction that has not committed yet. */

import { describe, expect, it } from 'vitest'
import { AuthError } from '../../src/index.js'
import { enter, goodPassword, lastToken } from '../../src/testing/suite/case.js'
import { postgres } from '../harness/engines.js'
import { hold } from '../harness/held.js'
import { useKit } from '../harness/kit.js'

const kit = useKit(postgres.open)

describe('a session that is just being made', () => {
  it.each(['revokeUserSessions', 'disableUser'] as const)('is born dead beside %s', async (ending) => {
    const { accounts } = kit()
    const { user } = await enter(kit())
    const { held: token } = await hold(
      kit(),
      (inside) => inside.generateUserSessionToken(user),
      async () => {
        await accounts[ending](user)
      },
    )
    if (ending === 'disableUser') await accounts.enableUser(user)
    expect(await accounts.getUserBySessionToken(token)).toBeNull()
    expect(await accounts.listUserSessions(user)).toEqual([])
    const fresh = await accounts.generateUserSessionToken(user)
    expect((await accounts.getUserBySessionToken(fresh))?.id).toBe(user.id)
  })

  it('is dead for a user whom an operator disabled by hand', async () => {
    const { accounts, auth } = kit()
    const { user } = await enter(kit())
    const token = await accounts.generateUserSessionToken(user)
    await auth.query('update latchkey.users set disabled_at = now() where id = $1', [user.id])
    expect(await accounts.getUserBySessionToken(token)).toBeNull()
    expect(await accounts.getSession(token)).toBeNull()
  })
})

describe('two who want one address', () => {
  it('find one pending account', async () => {
    const { accounts, newEmail } = kit()
    const email = newEmail()
    const { held, beside } = await hold(
      kit(),
      (inside) => inside.findOrCreateEmailIdentity(email),
      () => accounts.findOrCreateEmailIdentity(email),
    )
    expect([beside.user.id, beside.identity.id]).toEqual([held.user.id, held.identity.id])
  })

  it('prove it one after the other: the second is told, and its secret is spent', async () => {
    const { accounts, newEmail } = kit()
    const email = newEmail()
    const tokens: string[] = []
    for (let index = 0; index < 2; index++) {
      const { identity } = await accounts.createUserWithPassword({ email, password: goodPassword })
      await accounts.requestEmailVerification(identity)
      tokens.push(await lastToken(kit(), email))
    }
    const [first, second] = tokens as [string, string]
    const { held, beside } = await hold(
      kit(),
      (inside) => inside.verifyMagicLink(first, 'email'),
      () => accounts.verifyMagicLink(second, 'email'),
    )
    expect(AuthError.is(beside, 'already_claimed')).toBe(true)
    expect((await accounts.getUserByEmail(email))?.id).toBe(held.user.id)
    const again = await accounts.verifyMagicLink(second, 'email').catch((error: unknown) => error)
    expect(AuthError.is(again, 'invalid_token')).toBe(true)
  })
})

describe('two who redeem one secret', () => {
  it('have one winner, also while the first has not committed', async () => {
    const { accounts } = kit()
    const { identity } = await enter(kit())
    await accounts.issueIdentityVerification(identity, 'sign_in')
    const token = await lastToken(kit(), identity.value)
    const { held, beside } = await hold(
      kit(),
      (inside) => inside.verifyMagicLink(token, 'sign_in'),
      () => accounts.verifyMagicLink(token, 'sign_in'),
    )
    expect(held.user.id).toBe(identity.userId)
    expect(AuthError.is(beside, 'invalid_token')).toBe(true)
  })
})
