/** Sign-up without account enumeration, and finishing it in another browser. */

import assert from 'node:assert/strict'
import type { Case } from './case.js'
import { assertRefused, goodPassword, lastToken, opens, otherPassword, signUp } from './case.js'

export const signUpCases: readonly Case[] = [
  {
    name: 'sends the proof to a free address, and arms the password with it',
    async run(kit) {
      const { accounts, inbox, newEmail } = kit
      const email = newEmail()
      await accounts.requestSignUp({ email, password: goodPassword }, { flow: 'browser' })
      const message = await inbox.latest(email)
      assert.equal(message.event, 'email')
      assert.equal(await opens(accounts, email, goodPassword), false)
      await accounts.verifyMagicLink(message.token as string, 'email', { flow: 'browser' })
      assert.equal(await opens(accounts, email, goodPassword), true)
    },
  },
  {
    name: 'tells the owner of a taken address alone, and leaves everything of theirs',
    async run(kit) {
      const { accounts, inbox } = kit
      const { user, identity } = await signUp(kit)
      const session = await accounts.generateUserSessionToken(user)
      const email = identity.value.toUpperCase()
      await accounts.requestSignUp({ email, password: otherPassword })
      const message = await inbox.latest(identity.value)
      assert.deepEqual(
        [message.event, message.token, message.code],
        ['sign_up_repeated', undefined, undefined],
      )
      assert.deepEqual([message.to.value, message.user.id], [identity.value, user.id])
      assert.equal(await opens(accounts, identity.value, goodPassword), true)
      assert.equal(await opens(accounts, identity.value, otherPassword), false)
      assert.equal((await accounts.getUserBySessionToken(session))?.id, user.id)
    },
  },
  {
    name: 'writes nothing to a disabled owner of an address',
    async run(kit) {
      const { accounts, inbox } = kit
      const { user, identity } = await signUp(kit)
      await accounts.disableUser(user)
      const before = (await inbox.to(identity.value)).length
      await accounts.requestSignUp({ email: identity.value, password: goodPassword })
      assert.equal((await inbox.to(identity.value)).length, before)
    },
  },
  {
    name: 'leaves one verification, one message and one row of the audit for a taken address as for a free one',
    async run(kit) {
      const { accounts, auth, newEmail } = kit
      const { identity } = await signUp(kit)
      const disabled = await signUp(kit)
      await accounts.disableUser(disabled.user)
      const count = async (email: string): Promise<number[]> => {
        const text = `select (select count(*) from latchkey.verifications where value_key = $1)::integer as requests,
          (select count(*) from latchkey.outbox where to_value = $1)::integer as messages,
          (select count(*) from latchkey.audit a join latchkey.identities i on i.id = a.identity_id
            where i.value_key = $1 and a.event <> 'user.created')::integer as told`
        const [row] = (await auth.query(text, [email])).rows
        return [row?.['requests'], row?.['messages'], row?.['told']].map(Number)
      }
      const grown: number[][] = []
      for (const email of [newEmail(), identity.value, disabled.identity.value]) {
        const before = await count(email)
        await accounts.requestSignUp({ email, password: goodPassword }, { flow: 'the same browser' })
        grown.push((await count(email)).map((each, index) => each - Number(before[index])))
      }
      assert.deepEqual(grown, [
        [1, 1, 1],
        [1, 1, 1],
        [1, 1, 1],
      ])
    },
  },
  {
    name: 'refuses a malformed address and a bad password before it looks at the address',
    async run(kit) {
      const { accounts } = kit
      const { identity } = await signUp(kit)
      const short = accounts.requestSignUp({ email: identity.value, password: 'short' })
      await assertRefused(short, 'input_invalid', ['password', 'min'])
      const malformed = accounts.requestSignUp({ email: 'a@b', password: goodPassword })
      await assertRefused(malformed, 'input_invalid', ['email', 'format'])
      const attrs = { email: identity.value, password: goodPassword }
      await assertRefused(accounts.requestSignUp(attrs, { ip: 'nowhere' }), 'input_invalid', ['ip', 'format'])
    },
  },
  {
    name: 'sends the proof again to the claim of the same browser, also when the first has expired',
    async run(kit) {
      const { accounts, clock, inbox, newEmail } = kit
      const email = newEmail()
      await accounts.requestSignUp({ email, password: goodPassword }, { flow: 'mine' })
      const older = await lastToken(kit, email)
      clock.advance('20m')
      await accounts.requestSignUpAgain(email.toUpperCase(), { flow: 'mine' })
      const token = await lastToken(kit, email)
      assert.notEqual(token, older)
      assert.equal((await inbox.to(email)).length, 2)
      await assertRefused(accounts.verifyMagicLink(older, 'email', { flow: 'mine' }), 'invalid_token')
      await accounts.verifyMagicLink(token, 'email', { flow: 'mine' })
      assert.equal(await opens(accounts, email, goodPassword), true)
    },
  },
  {
    name: 'sends nothing again to another browser, without one, or once the address is proven',
    async run(kit) {
      const { accounts, inbox, newEmail } = kit
      const email = newEmail()
      await accounts.requestSignUp({ email, password: goodPassword }, { flow: 'mine' })
      const token = await lastToken(kit, email)
      for (const options of [{ flow: 'theirs' }, {}]) await accounts.requestSignUpAgain(email, options)
      assert.equal((await inbox.to(email)).length, 1)
      await accounts.verifyMagicLink(token, 'email', { flow: 'mine' })
      const told = (await inbox.to(email)).length
      await accounts.requestSignUpAgain(email, { flow: 'mine' })
      for (const other of [newEmail(), 'no address'])
        await accounts.requestSignUpAgain(other, { flow: 'mine' })
      assert.equal((await inbox.to(email)).length, told)
      await assertRefused(accounts.requestSignUpAgain(7 as never), 'input_invalid')
    },
  },
  {
    name: 'proves a sign-up in another browser by a password of whoever holds the link',
    async run(kit) {
      const { accounts, newEmail } = kit
      const email = newEmail()
      await accounts.requestSignUp({ email, password: goodPassword }, { flow: 'one' })
      const token = await lastToken(kit, email)
      await assertRefused(accounts.verifyMagicLink(token, 'email', { flow: 'two' }), 'confirmation_required')
      const verified = await accounts.verifySignUpWithPassword(token, otherPassword)
      assert.deepEqual([verified.identity?.value, verified.verification.type], [email, 'email'])
      assert.equal(await opens(accounts, email, otherPassword), true)
      assert.equal(await opens(accounts, email, goodPassword), false)
      await assertRefused(accounts.verifySignUpWithPassword(token, otherPassword), 'invalid_token')
    },
  },
  {
    name: 'spends nothing on a password that is refused, and redeems no link of another purpose',
    async run(kit) {
      const { accounts, newEmail } = kit
      const email = newEmail()
      await accounts.requestSignUp({ email, password: goodPassword }, { flow: 'one' })
      const token = await lastToken(kit, email)
      const refused = accounts.verifySignUpWithPassword(token, 'short')
      await assertRefused(refused, 'input_invalid', ['password', 'min'])
      await assertRefused(accounts.verifySignUpWithPassword(token, email), 'input_invalid', [
        'password',
        'context',
      ])
      await accounts.verifySignUpWithPassword(token, goodPassword)
      const { identity } = await signUp(kit)
      await accounts.issueIdentityVerification(identity, 'sign_in')
      const other = accounts.verifySignUpWithPassword(await lastToken(kit, identity.value), otherPassword)
      await assertRefused(other, 'invalid_token')
      await assertRefused(accounts.verifySignUpWithPassword('x', otherPassword), 'invalid_token')
      await assertRefused(accounts.verifySignUpWithPassword(0 as never, otherPassword), 'input_invalid')
    },
  },
  {
    name: 'proves no further address of somebody by a password',
    async run(kit) {
      const { accounts, newEmail } = kit
      const { user, identity } = await signUp(kit)
      const claim = await accounts.addUserIdentity(user, { type: 'email', value: newEmail() })
      await accounts.requestEmailVerification(claim, { flow: 'theirs' })
      const token = await lastToken(kit, claim.value)
      const proven = accounts.verifySignUpWithPassword(token, otherPassword)
      await assertRefused(proven, 'confirmation_required')
      assert.equal(await opens(accounts, identity.value, goodPassword), true)
      await accounts.verifyMagicLink(token, 'email', { flow: 'theirs' })
    },
  },
]
