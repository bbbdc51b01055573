/** Session checks while the database is stuck: who waits is told so in time, and what follows goes on. */

import pg from 'pg'
import { expect, it } from 'vitest'
import { AuthError, createAuth } from '../../src/index.js'
import { openPostgres } from '../../src/store/postgres.js'
import { createDatabase } from '../harness/engines.js'

const secret = 'a secret of tests that opens nothing else'

it('a statement that times out frees everybody who waits, and checks go on afterwards', async () => {
  const url = await createDatabase()
  const database = await openPostgres(url, { statementTimeoutMs: 300 })
  const auth = await createAuth({ database, migrate: true, secret, outbox: { worker: false } })
  const { user } = await auth.accounts.createUserWithEmail('ada@example.com')
  const token = await auth.accounts.generateUserSessionToken(user)
  const check = () => auth.accounts.getUserBySessionToken(token)

  const other = new pg.Client({ connectionString: url })
  await other.connect()
  await other.query('begin')
  await other.query('lock table latchkey.sessions in access exclusive mode')
  const outcomes = await Promise.allSettled(Array.from({ length: 1000 }, check))
  for (const outcome of outcomes) {
    expect(outcome.status === 'rejected' && AuthError.is(outcome.reason, 'unavailable')).toBe(true)
  }
  await other.query('rollback')
  await other.end()

  const users = await Promise.all(Array.from({ length: 1000 }, check))
  expect(new Set(users.map((found) => found?.id))).toEqual(new Set([user.id]))
  await auth.close()
})
