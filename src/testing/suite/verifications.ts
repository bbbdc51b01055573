/** Issuing and redeeming verifications. */

import assert from 'node:assert/strict'
import { verificationTypes } from '../../features/lists.js'
import type { Case } from './case.js'
import { assertRefused, enter, goodPassword, lastCode, lastToken, otherCode, signUp } from './case.js'

export const verificationCases: readonly Case[] = [
  {
    name: 'sends a link and a code in one message, and either proves the address once',
    async run(kit) {
      const { accounts, inbox, newEmail } = kit
      const email = newEmail()
      const { user, identity } = await accounts.findOrCreateEmailIdentity(email)
      await accounts.requestEmailVerification(identity)
      const message = await inbox.latest(email)
      assert.match(message.code ?? '', /^[0-9]{6}$/)
      assert.ok(message.link?.endsWith(`?token=${message.token}`))
      assert.ok((message.expiresAt as Date).getTime() > kit.clock.now().getTime())
      const verified = await accounts.verifyMagicLink(message.token as string, 'email')
      assert.deepEqual([verified.user.id, verified.identity?.id], [user.id, identity.id])
      assert.notEqual(verified.identity?.verifiedAt, null)
      assert.deepEqual([verified.verification.type, verified.verification.value], ['email', email])
      await assertRefused(accounts.verifyMagicLink(message.token as string, 'email'), 'invalid_token')
      await assertRefused(accounts.verifyMagicCode(message.code as string, 'email', email), 'invalid_token')
    },
  },
  {
    name: 'redeems a code in any spelling of its address',
    async run(kit) {
      const { accounts, newEmail } = kit
      const email = newEmail()
      const { identity } = await accounts.findOrCreateEmailIdentity(email)
      await accounts.issueIdentityVerification(identity, 'sign_in')
      const code = await lastCode(kit, email)
      const verified = await accounts.verifyMagicCode(code, 'sign_in', ` ${email.toUpperCase()} `)
      assert.equal(verified.identity?.id, identity.id)
    },
  },
  {
    name: 'keeps the date of an earlier proof',
    async run(kit) {
      const { identity } = await enter(kit)
      await kit.accounts.issueIdentityVerification(identity, 'sign_in')
      const again = await kit.accounts.verifyMagicLink(await lastToken(kit, identity.value), 'sign_in')
      assert.deepEqual(again.identity?.verifiedAt, identity.verifiedAt)
    },
  },
  {
    name: 'replaces the older verification of the same purpose and flow',
    async run(kit) {
      const { accounts, newEmail } = kit
      const email = newEmail()
      const { identity } = await accounts.findOrCreateEmailIdentity(email)
      await accounts.requestEmailVerification(identity)
      const older = await lastToken(kit, email)
      await accounts.requestEmailVerification(identity)
      await assertRefused(accounts.verifyMagicLink(older, 'email'), 'invalid_token')
      await accounts.verifyMagicLink(await lastToken(kit, email), 'email')
    },
  },
  {
    name: 'asks for the flow that a link was asked for in, and spends nothing without it',
    async run(kit) {
      const { accounts, newEmail } = kit
      const email = newEmail()
      const { identity } = await accounts.findOrCreateEmailIdentity(email)
      await accounts.issueIdentityVerification(identity, 'sign_in', { flow: 'one browser' })
      const token = await lastToken(kit, email)
      await assertRefused(accounts.verifyMagicLink(token, 'sign_in'), 'confirmation_required')
      const elsewhere = accounts.verifyMagicLink(token, 'sign_in', { flow: 'another browser' })
      await assertRefused(elsewhere, 'confirmation_required')
      await accounts.verifyMagicLink(token, 'sign_in', { flow: 'one browser' })
    },
  },
  {
    name: 'finds a code only in its own flow, and counts a try of another flow against none',
    async run(kit) {
      const { accounts, newEmail } = kit
      const email = newEmail()
      const { identity } = await accounts.findOrCreateEmailIdentity(email)
      await accounts.issueIdentityVerification(identity, 'sign_in', { flow: 'mine' })
      const code = await lastCode(kit, email)
      for (let tries = 0; tries < 6; tries++) {
        await assertRefused(
          accounts.verifyMagicCode(code, 'sign_in', email, { flow: 'theirs' }),
          'invalid_token',
        )
        await assertRefused(accounts.verifyMagicCode(code, 'sign_in', email), 'invalid_token')
      }
      await accounts.verifyMagicCode(code, 'sign_in', email, { flow: 'mine' })
    },
  },
  {
    name: 'kills a code after five wrong tries and leaves the link usable',
    async run(kit) {
      const { accounts, newEmail } = kit
      const email = newEmail()
      const { identity } = await accounts.findOrCreateEmailIdentity(email)
      await accounts.issueIdentityVerification(identity, 'sign_in')
      const { code, token } = (await kit.inbox.latest(email)) as { code: string; token: string }
      for (let step = 1; step <= 5; step++) {
        await assertRefused(
          accounts.verifyMagicCode(otherCode(code, step), 'sign_in', email),
          'invalid_token',
        )
      }
      await assertRefused(accounts.verifyMagicCode(code, 'sign_in', email), 'invalid_token')
      await accounts.verifyMagicLink(token, 'sign_in')
    },
  },
  {
    name: 'refuses every secret but for its own purpose',
    async run(kit) {
      const { accounts, inbox } = kit
      const { identity } = await signUp(kit)
      await accounts.issueIdentityVerification(identity, 'sign_in')
      const { token, code } = (await inbox.latest(identity.value)) as { token: string; code: string }
      for (const type of verificationTypes.filter((each) => each !== 'sign_in')) {
        await assertRefused(accounts.verifyMagicLink(token, type), 'invalid_token')
        await assertRefused(accounts.verifyMagicCode(code, type, identity.value), 'invalid_token')
      }
      await accounts.verifyMagicCode(code, 'sign_in', identity.value)
    },
  },
  {
    name: 'lets a code and its link end after ten minutes',
    async run(kit) {
      const { accounts, clock, newEmail } = kit
      const email = newEmail()
      const { identity } = await accounts.findOrCreateEmailIdentity(email)
      await accounts.issueIdentityVerification(identity, 'sign_in')
      const { code, token } = (await kit.inbox.latest(email)) as { code: string; token: string }
      clock.advance('10m')
      await assertRefused(accounts.verifyMagicCode(code, 'sign_in', email), 'invalid_token')
      await assertRefused(accounts.verifyMagicLink(token, 'sign_in'), 'invalid_token')
    },
  },
  {
    name: 'ends a link after its lifetime',
    async run(kit) {
      const { accounts, clock, newEmail } = kit
      const email = newEmail()
      const { identity } = await accounts.findOrCreateEmailIdentity(email)
      await accounts.issueIdentityVerification(identity, 'sign_in')
      const token = await lastToken(kit, email)
      clock.advance('10m')
      await assertRefused(accounts.verifyMagicLink(token, 'sign_in'), 'invalid_token')
    },
  },
  {
    name: 'tells the second to prove an address that it is claimed, and spends the secret',
    async run(kit) {
      const { accounts, newEmail } = kit
      const email = newEmail()
      const { identity } = await accounts.createUserWithPassword({ email, password: goodPassword })
      await accounts.requestEmailVerification(identity)
      const token = await lastToken(kit, email)
      await enter(kit, email)
      await assertRefused(accounts.verifyMagicLink(token, 'email'), 'already_claimed')
      await assertRefused(accounts.verifyMagicLink(token, 'email'), 'invalid_token')
    },
  },
  {
    name: 'refuses a purpose that does not fit the identity, and one that does not exist',
    async run(kit) {
      const { accounts, newPhone, newEmail } = kit
      const { identity } = await accounts.findOrCreatePhoneIdentity(newPhone())
      await assertRefused(accounts.requestEmailVerification(identity), 'input_invalid', ['type', 'mismatch'])
      const claim = await accounts.findOrCreateEmailIdentity(newEmail())
      await assertRefused(accounts.issueIdentityVerification(claim.identity, 'recovery'), 'not_found')
      await assert.rejects(accounts.issueIdentityVerification(identity, 'parole' as never), TypeError)
      await assert.rejects(accounts.verifyMagicLink('x', 'parole' as never), TypeError)
    },
  },
  {
    name: 'refuses what is not a string before it asks the database',
    async run({ accounts }) {
      for (const value of [null, undefined, 0, true, [], {}, ['x'], Number.NaN]) {
        await assertRefused(
          accounts.verifyMagicCode(value as never, 'email', 'a@example.com'),
          'input_invalid',
        )
        await assertRefused(accounts.verifyMagicCode('123456', 'email', value as never), 'input_invalid')
        await assertRefused(accounts.verifyMagicLink(value as never, 'email'), 'input_invalid')
        await assertRefused(
          accounts.issueIdentityVerification({ id: value as never }, 'email'),
          'input_invalid',
        )
      }
      await assertRefused(accounts.verifyMagicLink('x', 'email'), 'invalid_token')
      await assertRefused(accounts.verifyMagicCode('12345', 'email', 'a@example.com'), 'invalid_token')
      await assertRefused(accounts.issueIdentityVerification({ id: 'x' }, 'email'), 'not_found')
    },
  },
]
