/** A fault while a right code is redeemed leaves the tries as they were. */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestAuth } from '../../src/testing/index.js'
import type { TestAuth } from '../../src/testing/index.js'
import { startPostgres } from '../harness/postgres.js'
import type { PostgresServer } from '../harness/postgres.js'

describe('a fault while a right code is redeemed', () => {
  let server: PostgresServer
  let test: TestAuth
  let holder: pg.Client
  let observer: pg.Client

  beforeAll(async () => {
    server = await startPostgres()
    test = await createTestAuth({ database: server.url, migrate: true })
    ;[holder, observer] = [server.url, server.url].map((url) => new pg.Client({ connectionString: url })) as [
      pg.Client,
      pg.Client,
    ]
    await holder.connect()
    await observer.connect()
  }, 60_000)

  afterAll(async () => {
    await holder.end()
    await observer.end()
    await test.auth.close()
    await server.destroy()
  })

  /** How often codes of this address were tried: for its verification, and for the address. */
  async function tries(email: string): Promise<unknown> {
    const { rows } = await observer.query(
      `select (select max(attempts) from latchkey.verifications where value_key = $1) as verification,
        coalesce((select sum(count)::integer from latchkey.attempts where budget = 'code'
          and strpos(subject, $1) > 0), 0) as address`,
      [email],
    )
    return rows[0]
  }

  /** Resolves once a statement waits for a lock; its process. */
  async function waiting(): Promise<number> {
    for (;;) {
      const { rows } = await observer.query<{ pid: number }>(
        `select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      )
      if (rows[0] !== undefined) return rows[0].pid
    }
  }

  async function newCode(email: string, purpose: 'email' | 'recovery'): Promise<string> {
    const { accounts } = test.auth
    if (purpose === 'email') {
      const { identity } = await accounts.createUserWithEmail(email)
      await accounts.requestEmailVerification(identity)
    } else {
      await accounts.importUser({ email, verified: true })
      await accounts.requestPasswordRecovery(email)
    }
    return (await test.inbox.latest(email)).code as string
  }

  const password = 'seven wooden lanterns drifting'
  const uses = {
    email: (code: string, email: string) => test.auth.accounts.verifyMagicCode(code, 'email', email),
    recovery: (code: string, email: string) => test.auth.accounts.resetPassword({ email, code }, password),
  }

  it.each(['email', 'recovery'] as const)(
    'costs no try, and the code still works: its backend is killed (%s)',
    async (purpose) => {
      const email = `${purpose}-killed@example.com`
      const code = await newCode(email, purpose)
      // The redemption writes to the audit, and the count of a right code does not.
      await holder.query('begin; lock table latchkey.audit in access exclusive mode')
      const used = uses[purpose](code, email).catch((error: unknown) => error)
      const pid = await waiting()
      expect(await tries(email)).toEqual({ verification: 1, address: 1 })
      await observer.query('select pg_terminate_backend($1)', [pid])
      expect(await used).toMatchObject({ code: 'unavailable' })
      expect(await tries(email)).toEqual({ verification: 0, address: 0 })
      await holder.query('rollback')
      await expect(uses[purpose](code, email)).resolves.toMatchObject({ user: { anonymous: false } })
    },
  )

  it.each(['email', 'recovery'] as const)(
    'costs no try, and the code still works: a lock is not given in time (%s)',
    async (purpose) => {
      const email = `${purpose}-locked@example.com`
      const code = await newCode(email, purpose)
      await holder.query('begin; lock table latchkey.audit in access exclusive mode')
      const used = uses[purpose](code, email).catch((error: unknown) => error)
      await waiting()
      expect(await used).toMatchObject({ code: 'unavailable', reason: '57014' })
      expect(await tries(email)).toEqual({ verification: 0, address: 0 })
      await holder.query('rollback')
      await expect(uses[purpose](code, email)).resolves.toMatchObject({ user: { anonymous: false } })
    },
  )

  it('costs what it did where the code is wrong', async () => {
    const email = 'wrong@example.com'
    const code = await newCode(email, 'email')
    const wrong = String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0')
    await expect(uses.email(wrong, email)).rejects.toMatchObject({ code: 'invalid_token' })
    expect(await tries(email)).toEqual({ verification: 1, address: 1 })
  })
})
