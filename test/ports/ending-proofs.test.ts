/**
 * Proofs that are under way while they end: on a server that writes to its disk, with what is under way stopped at a lock
 * before the ending, during it and after it.
 */

import { afterAll, describe, expect, it } from 'vitest'
import type { Accounts, Identity, User, VerificationType } from '../../src/index.js'
import { AuthError } from '../../src/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import { goodPassword, lastToken, otherPassword, signUp } from '../../src/testing/suite/case.js'
import type { OpenedAuth } from '../harness/engines.js'
import { hold, startTogether } from '../harness/held.js'
import { useKit } from '../harness/kit.js'
import { startPostgres } from '../harness/postgres.js'
import type { PostgresServer } from '../harness/postgres.js'

let server: PostgresServer | undefined

async function open(): Promise<OpenedAuth> {
  server = await startPostgres()
  const url = await server.createDatabase()
  return { ...(await createTestAuth({ database: url, migrate: true })), url }
}

const kit = useKit(open)
afterAll(() => server?.destroy())

/** Whom something ends for, and how to end it: in a transaction where `accounts` is one of it. */
interface Ending {
  readonly user: User
  end(accounts: Accounts): Promise<void>
}

async function proven(): Promise<{ user: User; identity: Identity }> {
  return signUp(kit())
}

/** The ways in which all pending proofs of a user end. */
const endings: Readonly<Record<string, () => Promise<Ending>>> = {
  async 'a password that is set'() {
    const { user } = await proven()
    return { user, end: (accounts) => accounts.setPassword(user, otherPassword) }
  },
  async 'a password that is changed'() {
    const { user } = await proven()
    const change = { currentPassword: goodPassword, password: otherPassword }
    return { user, end: (accounts) => accounts.changePassword(user, change) }
  },
  async 'a recovery'() {
    const { user, identity } = await proven()
    await kit().accounts.requestPasswordRecovery(identity.value)
    const token = await lastToken(kit(), identity.value)
    return {
      user,
      async end(accounts) {
        await accounts.resetPassword({ token }, otherPassword)
      },
    }
  },
  async 'a disabling'() {
    const { user } = await proven()
    return {
      user,
      async end(accounts) {
        await accounts.disableUser(user)
        await accounts.enableUser(user)
      },
    }
  },
  async 'a first proof'() {
    const { accounts, newEmail } = kit()
    const { user, identity } = await accounts.createUserWithPassword({
      email: newEmail(),
      password: goodPassword,
    })
    await accounts.requestEmailVerification(identity)
    const token = await lastToken(kit(), identity.value)
    return {
      user,
      async end(within) {
        await within.verifyMagicLink(token, 'email')
      },
    }
  },
}

/** A new address of this user, and how to ask for a proof of it. */
async function claim(user: User, type: VerificationType) {
  const { accounts, newEmail, newPhone } = kit()
  const isPhone = type.startsWith('phone')
  const identity = await accounts.addUserIdentity(user, {
    type: isPhone ? 'phone' : 'email',
    value: isPhone ? newPhone() : newEmail(),
  })
  return {
    identity,
    issue: (within: Accounts) => within.issueIdentityVerification(identity, type),
  }
}

/** The last message to that address with a secret in it; notices of the ending come after it. */
async function secretsTo(value: string): Promise<{ token: string; code: string }> {
  const sent = (await kit().inbox.to(value)).findLast(({ code }) => code !== undefined)
  return { token: sent?.token ?? '', code: sent?.code ?? '' }
}

/** How redeeming the secret that was sent to that address ends: `verified`, the code of the refusal, or `not sent`. */
async function redeem(type: VerificationType, { value }: Identity): Promise<string> {
  const { accounts } = kit()
  const { token, code } = await secretsTo(value)
  if (code === '') return 'not sent'
  const redeemed = type.startsWith('phone')
    ? accounts.verifyMagicCode(code, type, value)
    : accounts.verifyMagicLink(token, type)
  return redeemed.then(
    () => 'verified',
    (error: unknown) => (AuthError.is(error) ? error.code : String(error)),
  )
}

const changing = ['email_change', 'phone_change', 'email', 'phone', 'sign_in'] as const

describe.each(Object.entries(endings))('a proof beside %s', (_name, prepare) => {
  it.each(changing)('is worthless where its issue had the lock first (%s)', async (type) => {
    const { user, end } = await prepare()
    const { identity, issue } = await claim(user, type)
    await hold(kit(), issue, () => end(kit().accounts))
    expect(await redeem(type, identity)).toBe('invalid_token')
  })

  it('is worthless where its issue waited for the ending', async () => {
    const { user, end } = await prepare()
    const [identity] = await kit().accounts.listUserIdentities(user)
    const ask = (): Promise<unknown> =>
      kit().accounts.issueIdentityVerification(identity as Identity, 'sign_in')
    await hold(kit(), end, ask)
    expect(await redeem('sign_in', identity as Identity)).toBe('invalid_token')
  })

  it.each(changing)('is refused or worthless for a claim that waited for the ending (%s)', async (type) => {
    const { user, end } = await prepare()
    const { identity, issue } = await claim(user, type)
    await hold(kit(), end, () => issue(kit().accounts))
    expect(await redeem(type, identity)).toMatch(/^(not sent|invalid_token)$/)
  })

  it('is good where it was asked for after the ending', async () => {
    const { user, end } = await prepare()
    await end(kit().accounts)
    const { identity, issue } = await claim(user, 'email_change')
    await issue(kit().accounts)
    expect(await redeem('email_change', identity)).toBe('verified')
  })

  it(
    'never survives of four that are issued at the same time, in forty rounds',
    { timeout: 240_000 },
    async () => {
      let survived = 0
      for (let round = 0; round < 40; round++) {
        const { user, end } = await prepare()
        const { accounts } = kit()
        const claims = await Promise.all([0, 1, 2, 3].map(() => claim(user, 'email_change')))
        const issues = claims.map(
          ({ issue }) =>
            () =>
              issue(accounts),
        )
        const at = round % 5
        await startTogether<unknown>(kit(), user, [
          ...issues.slice(0, at),
          () => end(accounts),
          ...issues.slice(at),
        ])
        for (const { identity } of claims)
          if ((await redeem('email_change', identity)) === 'verified') survived++
      }
      expect(survived).toBe(0)
    },
  )
})

describe('a code beside a password that is set', () => {
  it('is not compared once its verification has ended, and leaves its place to the next', async () => {
    const { accounts } = kit()
    const { user, identity } = await proven()
    const issue = (within: Accounts): Promise<unknown> =>
      within.issueIdentityVerification(identity, 'sign_in')
    await hold(kit(), issue, () => accounts.setPassword(user, otherPassword))
    const { code: dead } = await secretsTo(identity.value)
    const attempt = accounts.verifyMagicCode(dead, 'sign_in', identity.value)
    await expect(attempt).rejects.toMatchObject({
      code: 'invalid_token',
      reason: 'code_unknown_or_exhausted',
    })
    await issue(accounts)
    const { code: next } = await secretsTo(identity.value)
    expect((await accounts.verifyMagicCode(next, 'sign_in', identity.value)).user.id).toBe(user.id)
  })
})

describe('a sign-in that waits for its approval beside a password that is set', () => {
  const flow = 'the browser that asked'

  async function asked() {
    const { user, identity } = await proven()
    return {
      user,
      identity,
      issue: (within: Accounts) => within.issueIdentityVerification(identity, 'sign_in', { flow }),
      set: (within: Accounts) => within.setPassword(user, otherPassword),
    }
  }

  it('shows no number, tells nothing of its link, and is not approved', async () => {
    const { accounts } = kit()
    const { identity, issue, set } = await asked()
    await hold(kit(), issue, () => set(accounts))
    const { token } = await secretsTo(identity.value)
    expect(await accounts.getPendingSignIn({ flow })).toBeNull()
    expect(await accounts.getMagicLinkRequest(token, 'sign_in', { flow })).toBeNull()
    const approved = accounts.approveMagicLink(token, '11')
    await expect(approved).rejects.toMatchObject({ reason: 'approval_unknown_or_exhausted' })
    await expect(accounts.verifyMagicLink(token, 'sign_in')).rejects.toMatchObject({ code: 'invalid_token' })
  })

  it('is not approved where the approval waited for the change', async () => {
    const { accounts } = kit()
    const { identity, issue, set } = await asked()
    await issue(accounts)
    const token = await lastToken(kit(), identity.value)
    const number = (await accounts.getPendingSignIn({ flow }))?.number as string
    const { beside } = await hold(kit(), set, () => accounts.approveMagicLink(token, number))
    expect(beside).toMatchObject({ code: 'invalid_token' })
    expect(await accounts.redeemApprovedSignIn({ flow })).toBeNull()
  })

  it('signs in nobody where it was approved before, and redeemed while the password changed', async () => {
    const { accounts } = kit()
    const { identity, issue, set } = await asked()
    await issue(accounts)
    const token = await lastToken(kit(), identity.value)
    const number = (await accounts.getPendingSignIn({ flow }))?.number as string
    await accounts.approveMagicLink(token, number)
    const { beside } = await hold(kit(), set, () => accounts.redeemApprovedSignIn({ flow }))
    expect(beside).toBeNull()
  })
})

describe('a sign-in that was redeemed and is kept for its browser, which redeems it again', () => {
  const flow = 'the browser that asked'
  const held = { flow, resumable: true } as const

  const ways: Readonly<Record<string, (identity: Identity) => Promise<() => Promise<unknown>>>> = {
    async link({ value }) {
      const { token } = await secretsTo(value)
      return () => kit().accounts.verifyMagicLink(token, 'sign_in', held)
    },
    async code({ value }) {
      const { code } = await secretsTo(value)
      return () => kit().accounts.verifyMagicCode(code, 'sign_in', value, held)
    },
    async approval({ value }) {
      const { token } = await secretsTo(value)
      const number = (await kit().accounts.getPendingSignIn({ flow }))?.number as string
      await kit().accounts.approveMagicLink(token, number)
      return () => kit().accounts.redeemApprovedSignIn(held)
    },
  }

  async function kept(way: string) {
    const { user, identity } = await proven()
    await kit().accounts.issueIdentityVerification(identity, 'sign_in', { flow })
    const redeemAgain = await (ways[way] as (typeof ways)[string])(identity)
    expect(await redeemAgain()).toMatchObject({ user: { id: user.id } })
    return { user, redeemAgain }
  }

  const refusal = (way: string): unknown =>
    way === 'approval' ? null : expect.objectContaining({ code: 'invalid_token' })

  it.each(Object.keys(ways))('is over where all sessions end meanwhile (%s)', async (way) => {
    const { user, redeemAgain } = await kept(way)
    const { beside } = await hold(kit(), (within) => within.revokeUserSessions(user), redeemAgain)
    expect(beside).toEqual(refusal(way))
  })

  // Not by `disableUser`, which ends all that is pending too.
  it.each(Object.keys(ways))(
    'is over while a column alone says that its user is disabled (%s)',
    async (way) => {
      const { user, redeemAgain } = await kept(way)
      const disable = 'update latchkey.users set disabled_at = now() where id = $1'
      const { beside } = await hold(kit(), (_, tx) => tx.query(disable, [user.id]), redeemAgain)
      expect(beside).toEqual(refusal(way))
    },
  )
})

describe('a recovery that is under way while the password changes', () => {
  it('names nobody, and sets no password', async () => {
    const { accounts } = kit()
    const { user, identity } = await proven()
    const ask = (within: Accounts): Promise<unknown> => within.requestPasswordRecovery(identity.value)
    await hold(kit(), ask, () => accounts.setPassword(user, otherPassword))
    const { token } = await secretsTo(identity.value)
    const reset = accounts.resetPassword({ token }, goodPassword)
    await expect(reset).rejects.toMatchObject({ code: 'invalid_token' })
  })

  it('is a decoy where its owner was disabled meanwhile', async () => {
    const { accounts, inbox } = kit()
    const { user, identity } = await proven()
    const before = (await inbox.to(identity.value)).length
    await hold(
      kit(),
      (within) => within.disableUser(user),
      () => accounts.requestPasswordRecovery(identity.value),
    )
    await accounts.enableUser(user)
    expect(await inbox.to(identity.value)).toHaveLength(before)
  })
})

describe('an address that joins an account while its first proof runs', () => {
  async function planted() {
    const { accounts, newEmail } = kit()
    const account = await accounts.createUserWithPassword({ email: newEmail(), password: goodPassword })
    await accounts.requestEmailVerification(account.identity)
    const token = await lastToken(kit(), account.identity.value)
    const value = newEmail()
    return {
      ...account,
      prove: (within: Accounts) => within.verifySignUpWithPassword(token, otherPassword),
      add: (within: Accounts) => within.addUserIdentity(account.user, { type: 'email', value }),
    }
  }

  async function expectNoClaim(user: User, claimed: Identity, own: Identity): Promise<void> {
    const { accounts } = kit()
    expect((await accounts.listUserIdentities(user)).map(({ id }) => id)).toEqual([own.id])
    for (const type of ['email', 'email_change', 'sign_in'] as const)
      await expect(accounts.issueIdentityVerification(claimed, type)).rejects.toMatchObject({
        code: 'not_found',
      })
  }

  it('proves nothing where it had the lock first', async () => {
    const { user, identity, prove, add } = await planted()
    const { held } = await hold(kit(), add, () => prove(kit().accounts))
    await expectNoClaim(user, held, identity)
  })

  it('proves nothing where it waited for the proof', async () => {
    const { user, identity, prove, add } = await planted()
    const { beside } = await hold(kit(), prove, () => add(kit().accounts))
    await expectNoClaim(user, beside, identity)
  })

  it("is the owner's once they add it themselves", async () => {
    const { user, prove, add } = await planted()
    const { held } = await hold(kit(), add, () => prove(kit().accounts))
    const { accounts } = kit()
    expect((await add(accounts)).id).toBe(held.id)
    await accounts.requestEmailVerification(held)
    expect(await redeem('email', held)).toBe('verified')
    expect(await accounts.listUserIdentities(user)).toHaveLength(2)
  })
})

describe('the mark that an ending leaves', () => {
  it('is never the one before, also while the clock of the database stands in the past', async () => {
    const { accounts, auth } = kit()
    const { user } = await proven()
    const marks = new Set<string>()
    await auth.query(`update latchkey.users set proofs_ended_at = now() + interval '1 hour' where id = $1`, [
      user.id,
    ])
    for (let round = 0; round < 3; round++) {
      const { identity, issue } = await claim(user, 'email_change')
      await issue(accounts)
      await auth.outbox.drain()
      await accounts.disableUser(user)
      await accounts.enableUser(user)
      expect(await redeem('email_change', identity)).toBe('invalid_token')
      const mark = 'select proofs_ended_at::text as mark from latchkey.users where id = $1'
      marks.add((await auth.query(mark, [user.id])).rows[0]?.['mark'] as string)
    }
    expect(marks.size).toBe(3)
  })
})
