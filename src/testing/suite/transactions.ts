/** Events of an operation outside of a transaction. Callers' transactions are tested with their drivers. */

import assert from 'node:assert/strict'
import type { AuthEvent } from '../../core/index.js'
import type { Case } from './case.js'
import { assertRefused, goodPassword, signUp } from './case.js'

export const transactionCases: readonly Case[] = [
  {
    name: 'writes one audit row for each event, and tells listeners after the commit',
    async run(kit) {
      const { accounts, auth } = kit
      const told: AuthEvent[] = []
      const stop = auth.on('*', (event) => void told.push(event))
      const { user, identity } = await signUp(kit)
      const attrs = { email: identity.value, password: 'not the right one' }
      await assertRefused(accounts.authenticateWithPassword(attrs), 'invalid_credentials')
      const token = await accounts.generateUserSessionToken(user, { ip: '192.0.2.7' })
      await accounts.revokeUserSessionToken(token)
      stop()
      await accounts.generateUserSessionToken(user)
      const types = ['user.created', 'verification.issued', 'verification.redeemed', 'identity.verified']
      assert.deepEqual(
        told.map(({ type }) => type),
        [...types, 'sign_in.failed', 'session.created', 'session.revoked'],
      )
      const text =
        'select event, outcome, reason, host(ip) as ip from latchkey.audit where user_id = $1 order by id'
      const { rows } = await auth.query(text, [user.id])
      const events = rows.map((row) => row['event'])
      assert.deepEqual([...events].sort(), [...told.map(({ type }) => type), 'session.created'].sort())
      const failed = rows.find((row) => row['event'] === 'sign_in.failed')
      assert.deepEqual([failed?.['outcome'], failed?.['reason']], ['failure', 'password_wrong'])
      assert.equal(rows.find((row) => row['event'] === 'session.created')?.['ip'], '192.0.2.7')
    },
  },
  {
    name: 'goes on when a listener throws',
    async run({ accounts, auth, newEmail }) {
      const stop = auth.on('user.created', () => {
        throw new Error('a listener of the host')
      })
      await accounts.createUserWithPassword({ email: newEmail(), password: goodPassword })
      stop()
    },
  },
]
