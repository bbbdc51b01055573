/** Requesting a sign-in at a known or unknown address. */

import assert from 'node:assert/strict'
import type { Case } from './case.js'
import { assertRefused, enter, lastCode, lastToken } from './case.js'

export const signInCases: readonly Case[] = [
  {
    name: 'sends the secret of a sign-in to a new address, and makes one user however often it is asked',
    async run(kit) {
      const { accounts, inbox, newEmail } = kit
      const email = newEmail()
      await accounts.requestSignIn({ email }, { flow: 'first' })
      await accounts.requestSignIn({ email: email.toUpperCase() }, { flow: 'second' })
      const messages = await inbox.to(email)
      assert.deepEqual(
        messages.map(({ event, user }) => [event, user.id]),
        Array.from({ length: 2 }, () => ['sign_in', messages[0]?.user.id]),
      )
      const verified = await accounts.verifyMagicLink(await lastToken(kit, email), 'sign_in', {
        flow: 'second',
      })
      assert.deepEqual([verified.user.id, verified.identity?.value], [messages[0]?.user.id, email])
    },
  },
  {
    name: 'sends it to the user who proved the address, and to a phone as a code alone',
    async run(kit) {
      const { accounts, inbox, newPhone } = kit
      const { user, identity } = await enter(kit)
      await accounts.requestSignIn({ email: identity.value })
      assert.equal((await inbox.latest(identity.value)).user.id, user.id)
      const phone = newPhone()
      await accounts.requestSignIn({ phone })
      const message = await inbox.latest(phone)
      assert.deepEqual([message.token, message.link], [undefined, undefined])
      const { identity: proven } = await accounts.verifyMagicCode(
        await lastCode(kit, phone),
        'sign_in',
        phone,
      )
      assert.deepEqual([proven?.type, proven?.value], ['phone', phone])
    },
  },
  {
    name: 'leaves the same rows for an unknown, a known and a disabled address, and sends nothing to the last',
    async run(kit) {
      const { accounts, auth, inbox, newEmail } = kit
      const known = (await enter(kit)).identity.value
      const disabled = await enter(kit)
      await accounts.disableUser(disabled.user)
      const count = async (email: string): Promise<number[]> => {
        const text = `select (select count(*) from latchkey.verifications where value_key = $1)::integer as requests,
          (select count(*) from latchkey.outbox where to_value = $1)::integer as messages,
          (select count(*) from latchkey.audit a join latchkey.identities i on i.id = a.identity_id
            where i.value_key = $1 and a.event <> 'user.created')::integer as told`
        const [row] = (await auth.query(text, [email])).rows
        return [row?.['requests'], row?.['messages'], row?.['told']].map(Number)
      }
      const sent = (await inbox.to(disabled.identity.value)).length
      for (const email of [newEmail(), known, disabled.identity.value]) {
        const before = await count(email)
        await accounts.requestSignIn({ email }, { flow: 'the same browser' })
        const grown = (await count(email)).map((each, index) => each - Number(before[index]))
        assert.deepEqual(grown, [1, 1, 1])
      }
      assert.equal((await inbox.to(disabled.identity.value)).length, sent)
    },
  },
  {
    name: 'refuses what is no address',
    async run({ accounts }) {
      await assertRefused(accounts.requestSignIn({ email: 'nobody' }), 'input_invalid', ['email', 'format'])
      await assertRefused(accounts.requestSignIn({ phone: '12' }), 'input_invalid', ['phone', 'format'])
      await assertRefused(accounts.requestSignIn({} as never), 'input_invalid', ['email', 'required'])
      await assertRefused(accounts.requestSignIn(null as never), 'input_invalid')
    },
  },
]
