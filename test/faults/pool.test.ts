/** A pool of one, a pool of the host's, and a server that is not there. */

import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { AuthError, createAuth } from '../../src/index.js'
import { openPostgres } from '../../src/store/postgres.js'
import { createDatabase } from '../harness/engines.js'

const secret = 'a secret of tests that opens nothing else'

describe('a pool', () => {
  it('of one connection does not wait for itself, also with a worker that listens', async () => {
    const database = await openPostgres(await createDatabase(), { max: 1, connectTimeoutMs: 5000 })
    const auth = await createAuth({ database, migrate: true, secret })
    const emails = Array.from({ length: 32 }, (_, index) => `person-${index}@example.com`)
    await Promise.all(
      emails.map(async (email) => {
        const { user, identity } = await auth.accounts.findOrCreateEmailIdentity(email)
        await auth.accounts.issueIdentityVerification(identity, 'sign_in')
        const token = await auth.accounts.generateUserSessionToken(user)
        expect((await auth.accounts.getUserBySessionToken(token))?.id).toBe(user.id)
      }),
    )
    await expect.poll(() => auth.inbox?.all().length).toBe(32)
    await auth.close()
  })

  it('of the host stays open when the engine is closed', async () => {
    const pool = new pg.Pool({ connectionString: await createDatabase() })
    const auth = await createAuth({ database: pool, migrate: true, secret })
    const { identity } = await auth.accounts.findOrCreateEmailIdentity('ada@example.com')
    await auth.accounts.requestEmailVerification(identity)
    await expect.poll(() => auth.inbox?.all().length).toBe(1)
    await auth.close()
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await pool.end()
  })

  it('to a server that is not there is unavailable at start, and tells no parameter', async () => {
    const refused = createAuth({ database: 'postgres://someone:hidden@127.0.0.1:1/none', secret })
    const error = await refused.catch((thrown: unknown) => thrown)
    expect(AuthError.is(error, 'unavailable')).toBe(true)
    expect(`${JSON.stringify(error)} ${String(error)} ${String((error as Error).cause)}`).not.toContain(
      'hidden',
    )
  })

  it('of an engine that is closed is unavailable', async () => {
    const auth = await createAuth({ database: await createDatabase(), migrate: true, secret })
    await auth.close()
    const asked = auth.accounts.isEmailTaken('ada@example.com').catch((thrown: unknown) => thrown)
    expect(AuthError.is(await asked, 'unavailable')).toBe(true)
  })
})
