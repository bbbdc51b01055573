/** Signing in with a password, and changing it. */

import assert from 'node:assert/strict'
import type { Case } from './case.js'
import { assertRefused, goodPassword, lastToken, opens, otherPassword, signIn, signUp } from './case.js'

export const passwordCases: readonly Case[] = [
  {
    name: 'signs in by a verified email and its password alone',
    async run(kit) {
      const { accounts, newEmail } = kit
      const { user, identity } = await signUp(kit)
      const email = identity.value
      const signed = await accounts.authenticateWithPassword({
        email: email.toUpperCase(),
        password: goodPassword,
      })
      assert.deepEqual([signed.user.id, signed.identity.id], [user.id, identity.id])
      await accounts.generateUserSessionToken(signed.user, { authenticatedAt: signed.authenticatedAt })
      for (const attrs of [
        { email, password: otherPassword },
        { email, password: 'x'.repeat(100_000) },
        { email: newEmail(), password: goodPassword },
        { email: 'malformed', password: goodPassword },
      ]) {
        await assertRefused(accounts.authenticateWithPassword(attrs), 'invalid_credentials')
      }
    },
  },
  {
    name: 'does not sign in by an unproven claim',
    async run({ accounts, newEmail }) {
      const email = newEmail()
      await accounts.createUserWithPassword({ email, password: goodPassword })
      assert.equal(await opens(accounts, email, goodPassword), false)
    },
  },
  {
    name: 'changes a password, spares the session that made it, and ends the others',
    async run(kit) {
      const { accounts, inbox } = kit
      const { user, token } = await signIn(kit)
      const other = await accounts.generateUserSessionToken(user)
      const session = (await accounts.getSession(token))?.session.id
      const wrong = { currentPassword: otherPassword, password: goodPassword, session }
      await assertRefused(accounts.changePassword(user, wrong), 'input_invalid', [
        'currentPassword',
        'current',
      ])
      await accounts.changePassword(user, { currentPassword: goodPassword, password: otherPassword, session })
      assert.equal((await accounts.getUserBySessionToken(token))?.id, user.id)
      assert.equal(await accounts.getUserBySessionToken(other), null)
      const [identity] = await accounts.listUserIdentities(user)
      assert.equal((await inbox.latest(identity?.value)).event, 'password_changed')
      assert.equal(await opens(accounts, identity?.value ?? '', otherPassword), true)
    },
  },
  {
    name: 'sets a password on the authority of the host, with the same consequences',
    async run(kit) {
      const { accounts } = kit
      const { user, token } = await signIn(kit)
      const [identity] = await accounts.listUserIdentities(user)
      const email = identity?.value as string
      await accounts.issueIdentityVerification({ id: identity?.id as string }, 'sign_in')
      const link = await lastToken(kit, email)
      await accounts.setPassword(user, otherPassword)
      assert.equal(await accounts.getUserBySessionToken(token), null)
      await assertRefused(accounts.verifyMagicLink(link, 'sign_in'), 'invalid_token')
      assert.equal(await opens(accounts, email, otherPassword), true)
    },
  },
  {
    name: 'refuses what is short, long, common, or the person themself',
    async run(kit) {
      const { accounts, newUsername } = kit
      const { user, identity } = await signUp(kit)
      const username = newUsername()
      await accounts.updateUserProfile(user, { name: 'Grace Brewster Hopper', username })
      for (const [password, rule] of [
        ['elevenchars', 'min'],
        ['x'.repeat(257), 'max'],
        ['passwordpassword', 'breached'],
        ['123456789012', 'breached'],
        [identity.value, 'context'],
        ['Grace Brewster Hopper', 'context'],
        [`${username}${username}`, 'context'],
      ] as const) {
        await assertRefused(accounts.setPassword(user, password), 'input_invalid', ['password', rule])
      }
    },
  },
  {
    name: 'imports a foreign hash, signs in by it, and replaces it at once',
    async run({ accounts, auth, newEmail }) {
      const email = newEmail()
      // PBKDF2-SHA256 of `goodPassword`, salt `seasalt`, 1000 rounds, in Django's format.
      const passwordHash = 'pbkdf2_sha256$1000$seasalt$iCIoi5/weYTK8SWc/2xqbjBHOngZQ941OE/EGl1IqCc='
      const { user } = await accounts.importUser({ email, verified: true, passwordHash })
      assert.equal(await opens(accounts, email, goodPassword), true)
      const { rows } = await auth.query('select hash from latchkey.passwords where user_id = $1', [user.id])
      assert.match(String(rows[0]?.['hash']), /^\$argon2id\$/)
      assert.equal(await opens(accounts, email, goodPassword), true)
      const unknown = accounts.importUser({ email: newEmail(), verified: true, passwordHash: 'rot13:x' })
      await assertRefused(unknown, 'input_invalid', ['passwordHash', 'format'])
    },
  },
]
