/** The queue of messages. */

import assert from 'node:assert/strict'
import type { Case } from './case.js'
import { assertRefused, enter, lastToken, otherPassword, signUp } from './case.js'

export const outboxCases: readonly Case[] = [
  {
    name: 'lists a message as pending, then as delivered and wiped',
    async run({ accounts, auth, newEmail }) {
      await auth.outbox.drain()
      const email = newEmail()
      const { identity } = await accounts.findOrCreateEmailIdentity(email)
      await accounts.issueIdentityVerification(identity, 'sign_in')
      const [entry] = await auth.outbox.list({ state: 'pending' })
      assert.deepEqual([entry?.event, entry?.to.value, entry?.attempts], ['sign_in', email, 0])
      assert.equal((await auth.outbox.drain()).delivered, 1)
      const delivered = (await auth.outbox.list({ state: 'delivered' })).find(({ id }) => id === entry?.id)
      assert.notEqual(delivered?.deliveredAt ?? null, null)
      const { rows } = await auth.query('select sealed from latchkey.outbox where id = $1', [entry?.id])
      assert.equal(rows[0]?.['sealed'], null)
      await assertRefused(auth.outbox.retry(entry?.id as string), 'not_found')
      await assertRefused(auth.outbox.retry('00000000-0000-4000-8000-000000000000'), 'not_found')
    },
  },
  {
    name: 'drops a decoy without sending it, and shows it nowhere',
    async run({ accounts, auth, inbox, newEmail }) {
      const email = newEmail()
      await inbox.all()
      await accounts.requestPasswordRecovery(email)
      assert.deepEqual(await auth.outbox.drain(), { delivered: 0, dropped: 1, retried: 0, failed: 0 })
      assert.equal(
        (await auth.outbox.list()).some(({ to }) => to.value === email),
        false,
      )
    },
  },
  {
    name: 'does not send what a newer request replaced, nor what has expired',
    async run(kit) {
      const { accounts, auth, clock, inbox, newEmail } = kit
      const email = newEmail()
      const { identity } = await accounts.findOrCreateEmailIdentity(email)
      await accounts.requestEmailVerification(identity)
      await accounts.requestEmailVerification(identity)
      assert.equal((await inbox.to(email)).length, 1)
      await accounts.requestEmailVerification(identity)
      clock.advance('20m')
      assert.equal((await inbox.to(email)).length, 1)
      const failed = await auth.outbox.list({ state: 'failed' })
      assert.deepEqual(
        failed.filter(({ to }) => to.value === email).map(({ lastError }) => lastError),
        ['expired', 'superseded'],
      )
    },
  },
  {
    name: 'tells every verified address of a first proof, a recovery and a change',
    async run(kit) {
      const { accounts, inbox } = kit
      const { user, identity } = await enter(kit)
      assert.equal((await inbox.latest(identity.value)).event, 'account_verified')
      await accounts.setPassword(user, otherPassword)
      assert.equal((await inbox.latest(identity.value)).event, 'password_changed')
      await accounts.requestPasswordRecovery(identity.value)
      await accounts.verifyMagicLink(await lastToken(kit, identity.value), 'recovery')
      const notice = await inbox.latest(identity.value)
      assert.deepEqual([notice.event, notice.code, notice.token], ['account_recovered', undefined, undefined])
    },
  },
  {
    name: 'carries the locale of the person',
    async run(kit) {
      const { user, identity } = await signUp(kit)
      await kit.accounts.updateUserProfile(user, { metadata: { locale: 'ja' } })
      await kit.accounts.issueIdentityVerification(identity, 'sign_in')
      assert.equal((await kit.inbox.latest(identity.value)).locale, 'ja')
    },
  },
]
