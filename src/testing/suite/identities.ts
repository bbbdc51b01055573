/** Identities and claims. */

import assert from 'node:assert/strict'
import type { Case } from './case.js'
import { assertRefused, enter, goodPassword, lastToken, signUp } from './case.js'

export const identityCases: readonly Case[] = [
  {
    name: 'creates a user with an unproven email and a password',
    async run({ accounts, newEmail }) {
      const email = newEmail()
      const { user, identity } = await accounts.createUserWithPassword({ email, password: goodPassword })
      assert.equal(identity.userId, user.id)
      assert.deepEqual([identity.type, identity.value, identity.verifiedAt], ['email', email, null])
      assert.deepEqual([user.name, user.username, user.metadata, user.disabledAt], [null, null, {}, null])
      assert.equal(await accounts.isEmailTaken(email), false)
      assert.equal(await accounts.getUserByEmail(email), null)
    },
  },
  {
    name: 'refuses a proven address as taken, and stores nothing',
    async run(kit) {
      const { user, identity } = await signUp(kit)
      const attrs = { email: identity.value.toUpperCase(), password: goodPassword }
      await assertRefused(kit.accounts.createUserWithPassword(attrs), 'input_invalid', ['email', 'taken'])
      await assertRefused(kit.accounts.createUserWithEmail(identity.value), 'input_invalid', [
        'email',
        'taken',
      ])
      assert.equal((await kit.accounts.listUserIdentities(user)).length, 1)
    },
  },
  {
    name: 'tells both faults of a sign-up at once',
    async run({ accounts }) {
      const attrs = { email: 'not an address', password: 'short' }
      const error = await assertRefused(accounts.createUserWithPassword(attrs), 'input_invalid', [
        'email',
        'format',
      ])
      assert.deepEqual(error.fields?.[1], { field: 'password', rule: 'min', limit: 12 })
    },
  },
  {
    name: 'finds one pending account for an address that is asked for again',
    async run({ accounts, newEmail, newPhone }) {
      const email = newEmail()
      const first = await accounts.findOrCreateEmailIdentity(email)
      const again = await accounts.findOrCreateEmailIdentity(` ${email.toUpperCase()} `)
      const created = await accounts.createUserWithEmail(email)
      assert.deepEqual([again.identity.id, created.identity.id], [first.identity.id, first.identity.id])
      const phone = newPhone()
      const byPhone = await accounts.findOrCreatePhoneIdentity(phone)
      assert.equal(byPhone.identity.value, phone)
      assert.equal((await accounts.createUserWithPhone(phone)).user.id, byPhone.user.id)
    },
  },
  {
    name: 'finds the verified identity once there is one',
    async run(kit) {
      const { user, identity } = await enter(kit)
      const found = await kit.accounts.findOrCreateEmailIdentity(identity.value)
      assert.equal(found.user.id, user.id)
      assert.notEqual(found.identity.verifiedAt, null)
      assert.equal((await kit.accounts.getUserByEmail(identity.value))?.id, user.id)
      assert.equal(
        (await kit.accounts.getVerifiedIdentity('email', identity.value))?.identity.id,
        identity.id,
      )
      assert.equal(await kit.accounts.isEmailTaken(identity.value), true)
    },
  },
  {
    name: 'says that a malformed address is not there',
    async run({ accounts }) {
      for (const email of ['', 'a@b', 'x'.repeat(1000), 'a b@example.com']) {
        assert.equal(await accounts.isEmailTaken(email), false)
        assert.equal(await accounts.getUserByEmail(email), null)
        assert.equal(await accounts.getVerifiedIdentity('email', email), null)
      }
      assert.equal(await accounts.getVerifiedIdentity('phone', '911'), null)
      assert.equal(await accounts.getVerifiedIdentity('https://issuer.example', 'subject'), null)
    },
  },
  {
    name: 'adds a second address, proves it, and changes one for another',
    async run(kit) {
      const { accounts, inbox, newEmail } = kit
      const { user, identity } = await signUp(kit)
      const second = newEmail()
      const claim = await accounts.addUserIdentity(user, { type: 'email', value: second })
      assert.equal((await accounts.addUserIdentity(user, { type: 'email', value: second })).id, claim.id)
      await accounts.issueIdentityVerification(claim, 'email_change')
      const changed = await accounts.verifyMagicLink(await lastToken(kit, second), 'email_change')
      assert.equal(changed.identity?.value, second)
      assert.deepEqual(
        (await accounts.listUserIdentities(user)).map(({ value }) => value),
        [second],
      )
      assert.equal(await accounts.isEmailTaken(identity.value), false)
      assert.equal((await inbox.latest(identity.value)).event, 'email_changed')
      assert.equal((await inbox.latest(second)).event, 'email_changed')
    },
  },
  {
    name: 'adds a phone to a user and keeps the email',
    async run(kit) {
      const { accounts, inbox, newPhone } = kit
      const { user } = await signUp(kit)
      const phone = newPhone()
      const claim = await accounts.addUserIdentity(user, { type: 'phone', value: phone })
      await accounts.issueIdentityVerification(claim, 'phone')
      const message = await inbox.latest(phone)
      assert.deepEqual([message.link, message.token], [undefined, undefined])
      await accounts.verifyMagicCode(message.code as string, 'phone', phone)
      assert.equal(
        (await accounts.listUserIdentities(user)).every(({ verifiedAt }) => verifiedAt !== null),
        true,
      )
    },
  },
  {
    name: 'refuses to add an address that somebody proved',
    async run(kit) {
      const [{ user }, other] = [await signUp(kit), await signUp(kit)]
      const added = kit.accounts.addUserIdentity(user, { type: 'email', value: other.identity.value })
      await assertRefused(added, 'input_invalid', ['email', 'taken'])
    },
  },
  {
    name: 'removes a claim, but never the last verified identity',
    async run(kit) {
      const { accounts, newEmail } = kit
      const { user, identity } = await signUp(kit)
      const claim = await accounts.addUserIdentity(user, { type: 'email', value: newEmail() })
      await accounts.removeUserIdentity(user, claim)
      await assertRefused(accounts.removeUserIdentity(user, identity), 'input_invalid', [
        'identity',
        'required',
      ])
      await assertRefused(accounts.removeUserIdentity(user, claim), 'not_found')
      const stranger = await signUp(kit)
      await assertRefused(accounts.removeUserIdentity(stranger.user, identity), 'not_found')
    },
  },
]
