/** Account recovery with a verified address. */

import assert from 'node:assert/strict'
import type { Case } from '../store-case.js'
import {
  assertRefused,
  goodPassword,
  lastCode,
  lastToken,
  opens,
  otherPassword,
  signUp,
} from '../store-case.js'

export const recoveryCases: readonly Case[] = [
  {
    name: 'sets a new password by link, ends every session and tells the owner',
    async run(kit) {
      const { accounts, inbox } = kit
      const { user, identity } = await signUp(kit)
      const session = await accounts.generateUserSessionToken(user)
      await accounts.requestPasswordRecovery(identity.value)
      const verified = await accounts.resetPassword(
        { token: await lastToken(kit, identity.value) },
        otherPassword,
      )
      assert.equal(verified.user.id, user.id)
      assert.equal(await accounts.getUserBySessionToken(session), null)
      assert.equal(await opens(accounts, identity.value, goodPassword), false)
      assert.equal(await opens(accounts, identity.value, otherPassword), true)
      assert.equal((await inbox.latest(identity.value)).event, 'account_recovered')
    },
  },
  {
    name: 'sets a new password by code',
    async run(kit) {
      const { identity } = await signUp(kit)
      await kit.accounts.requestPasswordRecovery(identity.value)
      const code = await lastCode(kit, identity.value)
      await kit.accounts.resetPassword({ email: identity.value, code }, otherPassword)
      assert.equal(await opens(kit.accounts, identity.value, otherPassword), true)
    },
  },
  {
    name: 'spends nothing on a password that is refused',
    async run(kit) {
      const { accounts } = kit
      const { user, identity } = await signUp(kit)
      await accounts.updateUserProfile(user, { name: 'Augusta Ada King' })
      await accounts.requestPasswordRecovery(identity.value)
      const { token, code } = (await kit.inbox.latest(identity.value)) as { token: string; code: string }
      const secret = { email: identity.value, code }
      for (let tries = 0; tries < 7; tries++) {
        await assertRefused(accounts.resetPassword({ token }, 'short'), 'input_invalid', ['password', 'min'])
        await assertRefused(accounts.resetPassword(secret, 'short'), 'input_invalid', ['password', 'min'])
        const named = accounts.resetPassword(secret, 'augusta ada king')
        await assertRefused(named, 'input_invalid', ['password', 'context'])
      }
      await accounts.resetPassword(secret, otherPassword)
    },
  },
  {
    name: 'resolves alike for an unknown, an unproven and a malformed address, and sends nothing there',
    async run(kit) {
      const { accounts, inbox, newEmail } = kit
      const unproven = newEmail()
      await accounts.createUserWithPassword({ email: unproven, password: goodPassword })
      const unknown = newEmail()
      for (const email of [unproven, unknown, 'plausible@@example', 'x']) {
        await accounts.requestPasswordRecovery(email)
      }
      assert.deepEqual([await inbox.to(unproven), await inbox.to(unknown)], [[], []])
    },
  },
  {
    name: 'cancels every other pending verification of the user',
    async run(kit) {
      const { accounts } = kit
      const { identity } = await signUp(kit)
      await accounts.issueIdentityVerification(identity, 'sign_in')
      const link = await lastToken(kit, identity.value)
      await accounts.requestPasswordRecovery(identity.value)
      await accounts.resetPassword({ token: await lastToken(kit, identity.value) }, otherPassword)
      await assertRefused(accounts.verifyMagicLink(link, 'sign_in'), 'invalid_token')
    },
  },
  {
    name: 'asks for the flow that it was asked for in',
    async run(kit) {
      const { accounts } = kit
      const { identity } = await signUp(kit)
      await accounts.requestPasswordRecovery(identity.value, { flow: 'mine' })
      const token = await lastToken(kit, identity.value)
      await assertRefused(accounts.resetPassword({ token }, otherPassword), 'confirmation_required')
      await accounts.resetPassword({ token }, otherPassword, { flow: 'mine' })
    },
  },
]
