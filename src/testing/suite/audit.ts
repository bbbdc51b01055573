/** What the audit records of who did something, and from where. */

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Case } from './case.js'
import { assertRefused, goodPassword, signUp } from './case.js'

const columns = `event, actor_type, actor_id, via_id, impersonator_id, request_id, host(ip) as ip, user_agent`

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
]
