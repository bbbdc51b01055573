/** User records. */

import assert from 'node:assert/strict'
import type { Case } from './case.js'
import { assertRefused, goodPassword, lastToken, opens, signIn, signUp } from './case.js'

export const userCases: readonly Case[] = [
  {
    name: 'shuts a disabled user out everywhere, and lets them in again without their old sessions',
    async run(kit) {
      const { accounts, inbox } = kit
      const { user, token } = await signIn(kit)
      const [identity] = await accounts.listUserIdentities(user)
      const email = identity?.value as string
      await accounts.issueIdentityVerification({ id: identity?.id as string }, 'sign_in')
      const link = await lastToken(kit, email)
      assert.notEqual((await accounts.disableUser(user)).disabledAt, null)
      assert.equal(await accounts.getUserBySessionToken(token), null)
      assert.equal(await opens(accounts, email, goodPassword), false)
      await assertRefused(accounts.verifyMagicLink(link, 'sign_in'), 'invalid_token')
      await assertRefused(accounts.generateUserSessionToken(user), 'not_found')
      const sent = (await inbox.to(email)).length
      await accounts.issueIdentityVerification({ id: identity?.id as string }, 'sign_in')
      await accounts.requestPasswordRecovery(email)
      assert.equal((await inbox.to(email)).length, sent)
      assert.equal((await accounts.enableUser(user)).disabledAt, null)
      assert.equal(await accounts.getUserBySessionToken(token), null)
      assert.equal(await opens(accounts, email, goodPassword), true)
    },
  },
  {
    name: 'deletes a user and frees the address',
    async run(kit) {
      const { accounts } = kit
      const { user, token } = await signIn(kit)
      const [identity] = await accounts.listUserIdentities(user)
      await accounts.deleteUser(user)
      assert.equal(await accounts.getUser(user), null)
      assert.equal(await accounts.getUserBySessionToken(token), null)
      assert.equal(await accounts.isEmailTaken(identity?.value as string), false)
      await assertRefused(accounts.deleteUser(user), 'not_found')
      await assertRefused(accounts.disableUser(user), 'not_found')
      await assertRefused(accounts.setPassword(user, goodPassword), 'not_found')
      await signUp(kit, identity?.value)
    },
  },
  {
    name: 'imports a user with addresses that are proven elsewhere',
    async run(kit) {
      const { accounts, newEmail, newPhone, newUsername } = kit
      const attrs = {
        email: newEmail(),
        phone: newPhone(),
        verified: true,
        name: 'Ada',
        username: newUsername(),
      }
      const { user, identities } = await accounts.importUser({ ...attrs, metadata: { from: 'elsewhere' } })
      assert.deepEqual([user.name, user.metadata], ['Ada', { from: 'elsewhere' }])
      assert.deepEqual(
        identities.map(({ type }) => type),
        ['email', 'phone'],
      )
      assert.equal((await accounts.getUserByEmail(attrs.email))?.id, user.id)
      await assertRefused(accounts.importUser(attrs), 'input_invalid', ['email', 'taken'])
      const namesake = { email: newEmail(), verified: false, username: attrs.username }
      await assertRefused(accounts.importUser(namesake), 'input_invalid', ['username', 'taken'])
    },
  },
  {
    name: 'lists users by page, the newest first',
    async run(kit) {
      const { accounts, clock } = kit
      clock.advance('1s')
      const older = await signUp(kit)
      clock.advance('1s')
      const newer = await signUp(kit)
      const [first] = await accounts.listUsers({ limit: 1 })
      assert.equal(first?.id, newer.user.id)
      const [second] = await accounts.listUsers({ after: newer.user, limit: 1 })
      assert.equal(second?.id, older.user.id)
      await assertRefused(accounts.listUsers({ limit: 0 }), 'input_invalid')
    },
  },
  {
    name: 'sweeps what is over, and nothing else',
    async run(kit) {
      const { accounts, clock, newEmail } = kit
      const kept = await signIn(kit)
      const pending = await accounts.createUserWithPassword({ email: newEmail(), password: goodPassword })
      const claimant = await signUp(kit)
      const claim = await accounts.addUserIdentity(claimant.user, { type: 'email', value: newEmail() })
      await accounts.requestEmailVerification(claim)
      clock.advance('8d')
      const fresh = await accounts.findOrCreateEmailIdentity(newEmail())
      const counted = await accounts.sweep({ dryRun: true })
      assert.ok(counted.users >= 1 && counted.claims >= 1 && counted.verifications >= 1)
      assert.notEqual(await accounts.getUser(pending.user), null)
      const swept = await accounts.sweep()
      assert.ok(swept.users >= 1 && swept.claims >= 1)
      assert.equal(await accounts.getUser(pending.user), null)
      assert.equal((await accounts.listUserIdentities(claimant.user)).length, 1)
      assert.notEqual(await accounts.getUser(fresh.user), null)
      assert.notEqual(await accounts.getUserBySessionToken(kept.token), null)
      assert.equal((await accounts.sweep({ dryRun: true })).users, 0)
    },
  },
]
