/** `accounts.with(tx)` in the transactions of the drivers and query builders that hosts use. */

import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Auth } from '../../src/index.js'
import { AuthError, createAuth } from '../../src/index.js'
import { goodPassword, otherPassword } from '../../src/testing/suite/case.js'
import { createDatabase } from '../harness/engines.js'

const secret = 'a secret of tests that opens nothing else'
const giveUp = new Error('the host rolls back')

interface Host {
  readonly auth: Auth
  /** Runs the work in a transaction; commits, or rolls back when it throws. */
  transaction(work: (tx: unknown) => Promise<void>): Promise<void>
  close(): Promise<void>
}

async function onServer(make: (pool: pg.Pool) => Host['transaction']): Promise<Host> {
  const pool = new pg.Pool({ connectionString: await createDatabase() })
  const auth = await createAuth({ database: pool, migrate: true, secret, outbox: { worker: false } })
  return {
    auth,
    transaction: make(pool),
    async close() {
      await auth.close()
      await pool.end()
    },
  }
}

async function onPglite(make: (instance: PGlite) => Host['transaction']): Promise<Host> {
  const instance = await PGlite.create()
  const auth = await createAuth({ database: instance, migrate: true, secret, outbox: { worker: false } })
  return {
    auth,
    transaction: make(instance),
    async close() {
      await auth.close()
      await instance.close()
    },
  }
}

const hosts: Readonly<Record<string, () => Promise<Host>>> = {
  'a client of pg': () =>
    onServer((pool) => async (work) => {
      const client = await pool.connect()
      try {
        await client.query('begin')
        await work(client)
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw error
      } finally {
        client.release()
      }
    }),
  'a transaction of PGlite': () => onPglite((instance) => (work) => instance.transaction(work)),
  'a transaction of Kysely': () =>
    onServer((pool) => {
      const database = new Kysely<Record<string, never>>({ dialect: new PostgresDialect({ pool }) })
      return (work) => database.transaction().execute(work)
    }),
  'a transaction of Drizzle on pg': () =>
    onServer((pool) => {
      const database = drizzle(pool)
      return (work) => database.transaction(work)
    }),
  'a transaction of Drizzle on PGlite': () =>
    onPglite((instance) => {
      const database = drizzlePglite(instance)
      return (work) => database.transaction(work)
    }),
  // Prisma needs an engine that is fetched at install; this is the shape of its interactive transaction.
  'the shape of a Prisma transaction': () =>
    onServer((pool) => async (work) => {
      const client = await pool.connect()
      const query = async (text: string, ...values: unknown[]) =>
        (await client.query(text, values)).rows as unknown[]
      try {
        await client.query('begin')
        await work({ $queryRawUnsafe: query })
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw error
      } finally {
        client.release()
      }
    }),
}

describe.each(Object.entries(hosts))('%s', (_, open) => {
  let host: Host
  beforeAll(async () => {
    host = await open()
  })
  afterAll(() => host.close())

  it('takes everything back, the message included, when the host rolls back', async () => {
    const { auth } = host
    const work = host.transaction(async (tx) => {
      const accounts = auth.accounts.with(tx)
      const { user, identity } = await accounts.createUserWithPassword({
        email: 'ada@example.com',
        password: goodPassword,
      })
      await accounts.requestEmailVerification(identity)
      const token = await accounts.generateUserSessionToken(user)
      expect((await accounts.getUserBySessionToken(token))?.id).toBe(user.id)
      throw giveUp
    })
    await expect(work).rejects.toBe(giveUp)
    expect(await auth.accounts.listUsers()).toEqual([])
    expect(await auth.outbox.drain()).toEqual({ delivered: 0, dropped: 0, retried: 0, failed: 0 })
  })

  it('keeps everything, and sends the message, when the host commits', async () => {
    const { auth } = host
    await host.transaction(async (tx) => {
      const accounts = auth.accounts.with(tx)
      const { user, identity } = await accounts.createUserWithPassword({
        email: 'grace@example.com',
        password: goodPassword,
      })
      await accounts.updateUserProfile(user, { name: 'Grace', username: 'grace', metadata: { a: [1, 'x'] } })
      await accounts.requestEmailVerification(identity)
      const token = await accounts.generateUserSessionToken(user, {
        ip: '192.0.2.1',
        methods: ['password', 'totp'],
      })
      const found = await accounts.getSession(token)
      expect(found?.session.methods).toEqual(['password', 'totp'])
      expect(found?.session.createdAt).toBeInstanceOf(Date)
      expect(Number.isNaN(found?.session.expiresAt.getTime())).toBe(false)
      expect(found?.user.metadata).toEqual({ a: [1, 'x'] })
    })
    await auth.outbox.drain()
    const token = auth.inbox?.latest('grace@example.com')?.token as string
    await host.transaction(async (tx) => {
      const verified = await auth.accounts.with(tx).verifyMagicLink(token, 'email')
      expect(verified.identity?.verifiedAt).toBeInstanceOf(Date)
    })
    expect((await auth.accounts.getUserByEmail('grace@example.com'))?.name).toBe('Grace')
  })

  it('survives a refusal inside of it, also of a unique value', async () => {
    const { auth } = host
    await host.transaction(async (tx) => {
      const accounts = auth.accounts.with(tx)
      const { user } = await accounts.findOrCreateEmailIdentity('other@example.com')
      const error = await accounts
        .updateUserProfile(user, { username: 'GRACE' })
        .catch((thrown: unknown) => thrown)
      expect(AuthError.is(error, 'input_invalid')).toBe(true)
      await accounts.updateUserProfile(user, { username: 'other' })
    })
    expect(await auth.accounts.getUserByUsername('other')).not.toBeNull()
  })

  it('judges no code inside of it, because a rollback would take back the count', async () => {
    const { auth } = host
    await host.transaction(async (tx) => {
      const accounts = auth.accounts.with(tx)
      await expect(accounts.verifyMagicCode('123456', 'sign_in', 'grace@example.com')).rejects.toThrow(
        TypeError,
      )
      const secret = { email: 'grace@example.com', code: '123456' }
      await expect(accounts.resetPassword(secret, otherPassword)).rejects.toThrow(TypeError)
      await expect(accounts.approveMagicLink('A'.repeat(43), '42')).rejects.toThrow(TypeError)
    })
  })

  it('signs up in it, looks at the link, and finishes it elsewhere', async () => {
    const { auth } = host
    const email = 'lin@example.com'
    const options = { flow: 'mine', ip: '2001:db8::7', userAgent: 'Mozilla/5.0' }
    await host.transaction(async (tx) => {
      const accounts = auth.accounts.with(tx)
      await accounts.requestSignUp({ email, password: goodPassword }, options)
      await accounts.requestSignUpAgain(email, options)
    })
    await auth.outbox.drain()
    const token = auth.inbox?.latest(email)?.token as string
    await host.transaction(async (tx) => {
      const accounts = auth.accounts.with(tx)
      const shown = await accounts.getMagicLinkRequest(token, 'email')
      expect(shown).toMatchObject({ value: email, ip: '2001:db8::7', sameFlow: false, needsPassword: true })
      expect(shown?.requestedAt).toBeInstanceOf(Date)
      const { identity } = await accounts.verifySignUpWithPassword(token, otherPassword)
      await accounts.issueIdentityVerification(identity as { id: string }, 'sign_in', options)
      expect((await accounts.getPendingSignIn({ flow: 'mine' }))?.expiresAt).toBeInstanceOf(Date)
      expect(await accounts.redeemApprovedSignIn({ flow: 'mine' })).toBeNull()
    })
  })
})

describe('what is no transaction', () => {
  it('is a misuse that says what is taken', async () => {
    const pool = new pg.Pool({ connectionString: await createDatabase() })
    const auth = await createAuth({ database: pool, migrate: true, secret })
    for (const tx of [null, undefined, 'tx', {}, 7, pool]) {
      expect(() => auth.accounts.with(tx)).toThrow(TypeError)
    }
    await auth.close()
    await pool.end()
  })
})
