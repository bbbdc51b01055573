/** Redeeming: 32 at once, from eight connections of two processes (GHSA-hc7v-rggr-4hvx, GHSA-7w99-5wm4-3g79). */

import { describe, expect, it } from 'vitest'
import type { VerificationType } from '../../src/index.js'
import { verificationTypes } from '../../src/index.js'
import {
  enter,
  goodPassword,
  lastToken,
  otherCode,
  otherPassword,
  signUp,
} from '../../src/testing/suite/case.js'
import { postgres } from '../harness/engines.js'
import { useKit } from '../harness/kit.js'
import { race, times } from '../harness/race.js'

const kit = useKit(postgres.open)

async function issue(type: VerificationType) {
  const { accounts, inbox, newEmail, newPhone } = kit()
  const { user, identity } = await signUp(kit())
  const isPhone = type.startsWith('phone')
  const claimed = isPhone || type.endsWith('change')
  const attrs = isPhone
    ? { type: 'phone' as const, value: newPhone() }
    : { type: 'email' as const, value: newEmail() }
  const target = claimed ? await accounts.addUserIdentity(user, attrs) : identity
  await accounts.issueIdentityVerification(target, type)
  const { token, code } = await inbox.latest(target.value)
  return { user, address: target.value, token, code: code as string }
}

describe('one winner of 32 parallel redemptions, and no raw error', () => {
  it.each(verificationTypes)('by the code of a %s', async (type) => {
    const { code, address } = await issue(type)
    const outcomes = await race(kit().url, times(32, 'verifyMagicCode', code, type, address))
    expect(outcomes.filter(({ won }) => won)).toHaveLength(1)
    expect(outcomes.filter((each) => each.code === 'invalid_token')).toHaveLength(31)
  })

  it.each(verificationTypes.filter((type) => !type.startsWith('phone')))(
    'by the link of a %s',
    async (type) => {
      const { token } = await issue(type)
      const outcomes = await race(kit().url, times(32, 'verifyMagicLink', token, type))
      expect(outcomes.filter(({ won }) => won)).toHaveLength(1)
      expect(outcomes.filter((each) => each.code === 'invalid_token')).toHaveLength(31)
    },
  )

  it('by the link and the code of one message, mixed', async () => {
    const { code, token, address } = await issue('sign_in')
    const attempts = [
      ...times(16, 'verifyMagicLink', token, 'sign_in'),
      ...times(16, 'verifyMagicCode', code, 'sign_in', address),
    ]
    expect((await race(kit().url, attempts)).filter(({ won }) => won)).toHaveLength(1)
  })

  it('of a recovery, which sets one password', async () => {
    const { token } = await issue('recovery')
    const outcomes = await race(kit().url, times(32, 'resetPassword', { token }, otherPassword))
    expect(outcomes.filter(({ won }) => won)).toHaveLength(1)
    expect(outcomes.filter(({ raw }) => raw !== undefined)).toEqual([])
  })

  it('of two recoveries of one user in different browsers', async () => {
    const { accounts } = kit()
    const { identity } = await signUp(kit())
    await accounts.requestPasswordRecovery(identity.value, { flow: 'a' })
    const a = await lastToken(kit(), identity.value)
    await accounts.requestPasswordRecovery(identity.value, { flow: 'b' })
    const b = await lastToken(kit(), identity.value)
    const outcomes = await race(kit().url, [
      ...times(16, 'resetPassword', { token: a }, otherPassword, { flow: 'a' }),
      ...times(16, 'resetPassword', { token: b }, goodPassword, { flow: 'b' }),
    ])
    expect(outcomes.filter(({ won }) => won)).toHaveLength(1)
    expect(outcomes.filter(({ code, won }) => !won && code !== 'invalid_token')).toEqual([])
  })

  it('of eight claims of one address: one owner, and the others are told', async () => {
    const { accounts, newEmail } = kit()
    const email = newEmail()
    const tokens: string[] = []
    for (let index = 0; index < 8; index++) {
      const { identity } = await accounts.createUserWithPassword({ email, password: goodPassword })
      await accounts.requestEmailVerification(identity)
      tokens.push(await lastToken(kit(), email))
    }
    const attempts = tokens.flatMap((token) => times(4, 'verifyMagicLink', token, 'email'))
    const outcomes = await race(kit().url, attempts)
    expect(outcomes.filter(({ won }) => won)).toHaveLength(1)
    expect(outcomes.filter(({ code }) => code === 'already_claimed')).toHaveLength(7)
    expect(outcomes.filter(({ code }) => code === 'invalid_token')).toHaveLength(24)
  })
})

describe('a sign-in that is approved in another browser', () => {
  async function wait() {
    const { accounts } = kit()
    const { user, identity } = await enter(kit())
    const flow = `the waiting browser of ${identity.id}`
    await accounts.issueIdentityVerification(identity, 'sign_in', { flow })
    const pending = await accounts.getPendingSignIn({ flow })
    return { user, flow, token: await lastToken(kit(), identity.value), number: pending?.number as string }
  }

  it('is redeemed once by 32 that poll at the same time, and the others get nothing', async () => {
    const { user, flow, token, number } = await wait()
    await kit().accounts.approveMagicLink(token, number)
    const outcomes = await race(kit().url, times(32, 'redeemApprovedSignIn', { flow }))
    expect(outcomes.filter((each) => each.user === user.id)).toHaveLength(1)
    expect(outcomes.filter((each) => each.won && each.user === null)).toHaveLength(31)
  })

  it('is redeemed once by those that poll and those that have the link in the same browser', async () => {
    const { user, flow, token, number } = await wait()
    await kit().accounts.approveMagicLink(token, number)
    const outcomes = await race(kit().url, [
      ...times(16, 'redeemApprovedSignIn', { flow }),
      ...times(16, 'verifyMagicLink', token, 'sign_in', { flow }),
    ])
    expect(outcomes.filter((each) => each.user === user.id)).toHaveLength(1)
    expect(
      outcomes.filter(({ raw, code }) => raw ?? (code !== undefined && code !== 'invalid_token')),
    ).toEqual([])
  })

  it('survives no burst of guesses: three are compared, and the right number after them is refused', async () => {
    const { flow, token, number } = await wait()
    const guesses = Array.from({ length: 40 }, (_, step) => ({
      operation: 'approveMagicLink',
      args: [token, String(10 + ((Number(number) - 9 + step) % 90))],
    }))
    const outcomes = await race(kit().url, guesses)
    expect(outcomes.filter(({ code }) => code === 'input_invalid')).toHaveLength(3)
    expect(outcomes.filter(({ code }) => code === 'invalid_token')).toHaveLength(37)
    const late = await race(kit().url, times(2, 'approveMagicLink', token, number))
    expect(late.every(({ won }) => !won)).toBe(true)
    expect(await kit().accounts.redeemApprovedSignIn({ flow })).toBeNull()
  })
})

describe('guessing', () => {
  it('a burst of 40 guesses makes no more comparisons than the budget (CVE-2024-4629, CVE-2019-5421)', async () => {
    const { identity } = await enter(kit())
    await kit().accounts.issueIdentityVerification(identity, 'sign_in')
    const message = await kit().inbox.latest(identity.value)
    const code = message.code as string
    const guesses = Array.from({ length: 40 }, (_, step) => ({
      operation: 'verifyMagicCode',
      args: [otherCode(code, step + 1), 'sign_in', identity.value],
    }))
    const outcomes = await race(kit().url, guesses)
    expect(outcomes.every((each) => each.code === 'invalid_token')).toBe(true)
    const budget = await kit().auth.query('select count from latchkey.attempts where subject = $1', [
      identity.value,
    ])
    const { rows } = await kit().auth.query(
      'select attempts from latchkey.verifications where user_id = $1',
      [identity.userId],
    )
    expect([rows[0]?.['attempts'], budget.rows[0]?.['count']]).toEqual([5, 5])
    const late = await race(kit().url, times(2, 'verifyMagicCode', code, 'sign_in', identity.value))
    expect(late.every(({ won }) => !won)).toBe(true)
    const link = await race(kit().url, times(2, 'verifyMagicLink', message.token, 'sign_in'))
    expect(link.filter(({ won }) => won)).toHaveLength(1)
  })
})

describe('racing everything else gives typed results', () => {
  it('32 parallel findOrCreate of one address make one user', async () => {
    for (const [operation, value] of [
      ['findOrCreateEmailIdentity', kit().newEmail()],
      ['findOrCreatePhoneIdentity', kit().newPhone()],
    ] as const) {
      const outcomes = await race(kit().url, times(32, operation, value))
      expect(outcomes.every(({ won }) => won)).toBe(true)
      expect(new Set(outcomes.map(({ user }) => user)).size).toBe(1)
    }
  })

  it('32 users who want one username: one has it', async () => {
    const username = kit().newUsername()
    const users = await Promise.all(
      Array.from({ length: 32 }, () => kit().accounts.findOrCreateEmailIdentity(kit().newEmail())),
    )
    const attempts = users.map(({ user }) => ({ operation: 'updateUserProfile', args: [user, { username }] }))
    const outcomes = await race(kit().url, attempts)
    expect(outcomes.filter(({ won }) => won)).toHaveLength(1)
    expect(outcomes.filter(({ code }) => code === 'input_invalid')).toHaveLength(31)
  })

  it('32 edits of different keys of one profile are all kept', async () => {
    const { user } = await enter(kit())
    const attempts = Array.from({ length: 32 }, (_, index) => ({
      operation: 'updateUserProfile',
      args: [user, { metadata: { [`key${index}`]: index } }],
    }))
    expect((await race(kit().url, attempts)).every(({ won }) => won)).toBe(true)
    expect(Object.keys((await kit().accounts.getUser(user))?.metadata ?? {})).toHaveLength(32)
  })

  it('deleting against signing in, issuing, editing and ending sessions', async () => {
    for (let round = 0; round < 3; round++) {
      const { user, identity } = await enter(kit())
      const outcomes = await race(kit().url, [
        ...times(8, 'generateUserSessionToken', user),
        ...times(6, 'issueIdentityVerification', identity, 'sign_in'),
        ...times(6, 'updateUserProfile', user, { name: 'Ada' }),
        ...times(6, 'revokeUserSessions', user),
        ...times(4, 'addUserIdentity', user, { type: 'email', value: kit().newEmail() }),
        ...times(2, 'deleteUser', user),
      ])
      expect(
        outcomes.filter(({ raw, code }) => raw !== undefined || (code !== undefined && code !== 'not_found')),
      ).toEqual([])
      expect(await kit().accounts.getUser(user)).toBeNull()
    }
  })

  it('no session outlives a disabling or an ending of all that it raced with (GHSA-2vg6-77g8-24mp)', async () => {
    for (let round = 0; round < 3; round++) {
      const { user } = await enter(kit())
      await race(kit().url, [
        ...times(24, 'generateUserSessionToken', user),
        ...times(4, 'disableUser', user),
        ...times(4, 'setPassword', user, otherPassword),
      ])
      await kit().accounts.enableUser(user)
      expect(await kit().accounts.listUserSessions(user)).toEqual([])
    }
  })
})
