/** What the audit log records about actors and their devices. */

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { AuthEvent } from '../../core/index.js'
import type { Case, Kit } from './case.js'
import { assertRefused, enter, goodPassword, lastToken, signUp } from './case.js'

const columns = `event, actor_type, actor_id, via_id, impersonator_id, request_id, host(ip) as ip, user_agent`

async function toldDuring(kit: Kit, work: () => Promise<unknown>): Promise<AuthEvent[]> {
  const told: AuthEvent[] = []
  const stop = kit.auth.on('*', (event) => void told.push(event))
  await work()
  stop()
  return told
}

export const auditCases: readonly Case[] = [
  {
    name: 'names the host, where nobody is said to have done it',
    async run(kit) {
      const { user } = await signUp(kit)
      const text = `select distinct actor_type, actor_id from latchkey.audit where user_id = $1`
      const { rows } = await kit.auth.query(text, [user.id])
      assert.deepEqual(rows, [{ actor_type: 'host', actor_id: null }])
    },
  },
  {
    name: 'names whoever is said to have done it, and through what, in every row that the operation writes',
    async run(kit) {
      const { user } = await signUp(kit)
      await kit.accounts.generateUserSessionToken(user)
      const [id, via, impersonator, requestId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
      const actor = { type: 'service', id, via, impersonator, requestId, ip: '192.0.2.9' } as const
      await kit.accounts.by({ ...actor, userAgent: 'a\nb' }).disableUser(user)
      const text = `select ${columns} from latchkey.audit where actor_id = $1 order by event`
      const { rows } = await kit.auth.query(text, [id])
      const who = { actor_type: 'service', actor_id: id, via_id: via, impersonator_id: impersonator }
      const from = { request_id: requestId, ip: '192.0.2.9', user_agent: 'a b' }
      assert.deepEqual(rows, [
        { event: 'session.revoked', ...who, ...from },
        { event: 'user.disabled', ...who, ...from },
      ])
    },
  },
  {
    name: 'names whoever failed to sign in',
    async run(kit) {
      const { identity } = await signUp(kit)
      const requestId = randomUUID()
      const stranger = kit.accounts.by({ type: 'stranger', ip: '2001:db8::7', requestId })
      const attrs = { email: identity.value, password: `not ${goodPassword}` }
      await assertRefused(stranger.authenticateWithPassword(attrs), 'invalid_credentials')
      const text = `select event, actor_type, host(ip) as ip from latchkey.audit where request_id = $1`
      const { rows } = await kit.auth.query(text, [requestId])
      assert.deepEqual(rows, [{ event: 'sign_in.failed', actor_type: 'stranger', ip: '2001:db8::7' }])
    },
  },
  {
    name: 'refuses an actor that is none',
    async run({ accounts }) {
      const malformed = [
        null,
        {},
        { type: 'admin' },
        { type: 'user', id: 'me' },
        { type: 'user', ip: 'here' },
      ]
      await Promise.resolve()
      for (const actor of malformed) assert.throws(() => accounts.by(actor as never), TypeError)
    },
  },
  {
    name: 'tells that a change of address removed the old one',
    async run(kit) {
      const { user, identity } = await enter(kit)
      const added = await kit.accounts.addUserIdentity(user, { type: 'email', value: kit.newEmail() })
      await kit.accounts.issueIdentityVerification(added, 'email_change')
      const token = await lastToken(kit, added.value)
      const told = await toldDuring(kit, () => kit.accounts.verifyMagicLink(token, 'email_change'))
      const removed = { type: 'identity.removed', userId: user.id, identityId: identity.id }
      assert.deepEqual(
        told.filter(({ type }) => type === 'identity.removed'),
        [removed],
      )
    },
  },
  {
    name: 'tells that a password which somebody else planted went at the first proof',
    async run(kit) {
      const attrs = { email: kit.newEmail(), password: goodPassword }
      const { user, identity } = await kit.accounts.createUserWithPassword(attrs)
      await kit.accounts.issueIdentityVerification(identity, 'sign_in')
      const token = await lastToken(kit, identity.value)
      const told = await toldDuring(kit, () => kit.accounts.verifyMagicLink(token, 'sign_in'))
      assert.ok(told.some(({ type, userId }) => type === 'password.removed' && userId === user.id))
    },
  },
  {
    name: 'tells what a sign-in at a proven address used up',
    async run(kit) {
      const { user, identity } = await enter(kit)
      for (const way of ['link', 'code'] as const) {
        await kit.accounts.issueIdentityVerification(identity, 'sign_in')
        const { token = '', code = '' } = await kit.inbox.latest(identity.value)
        const told = await toldDuring(kit, () =>
          way === 'link'
            ? kit.accounts.verifyMagicLink(token, 'sign_in')
            : kit.accounts.verifyMagicCode(code, 'sign_in', identity.value),
        )
        assert.deepEqual(told, [{ type: 'verification.redeemed', userId: user.id, identityId: identity.id }])
      }
    },
  },
  {
    name: 'tells that a secret was spent whose address somebody else had proven',
    async run(kit) {
      const email = kit.newEmail()
      const { user, identity } = await kit.accounts.createUserWithPassword({ email, password: goodPassword })
      await kit.accounts.requestEmailVerification(identity)
      const token = await lastToken(kit, identity.value)
      await enter(kit, email)
      const told = await toldDuring(kit, () =>
        assertRefused(kit.accounts.verifyMagicLink(token, 'email'), 'already_claimed'),
      )
      assert.deepEqual(told, [{ type: 'verification.redeemed', userId: user.id, identityId: identity.id }])
    },
  },
]
