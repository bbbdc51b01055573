/** What `accounts.with(tx)` needs of a transaction, and what runs side by side in one. */

import { PGlite } from '@electric-sql/pglite'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Auth, User } from '../../src/index.js'
import { createAuth } from '../../src/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import { startPostgres } from '../harness/postgres.js'
import type { PostgresServer } from '../harness/postgres.js'

const secret = 'a secret of tests that opens nothing else'

let server: PostgresServer
let pool: pg.Pool
let auth: Auth

beforeAll(async () => {
  server = await startPostgres()
  pool = new pg.Pool({ connectionString: await server.createDatabase() })
  auth = await createAuth({ database: pool, migrate: true, secret, outbox: { worker: false } })
})

afterAll(async () => {
  await auth.close()
  await pool.end()
  await server.destroy()
})

let people = 0

async function newUser(): Promise<User> {
  const { user } = await auth.accounts.importUser({ email: `p${++people}@example.com`, verified: true })
  return user
}

async function onClient<T>(begin: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query(begin)
    return await work(client)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

describe('operations side by side in one transaction', () => {
  it.each(['one set', 'two sets'])(
    'take turns in %s: what resolves is committed, also beside a refusal',
    async (sets) => {
      const taken = await newUser()
      await auth.accounts.updateUserProfile(taken, { username: `taken${people}` })
      const names = [0, 1, 2, 3, 4, 5].map((place) =>
        place % 2 === 0 ? `taken${people}` : `free${people}x${place}`,
      )
      const users = await Promise.all(names.map(newUser))
      const outcomes = await onClient('begin', async (client) => {
        const shared = auth.accounts.with(client)
        const settled = await Promise.allSettled(
          names.map((username, place) =>
            (sets === 'one set' ? shared : auth.accounts.with(client)).updateUserProfile(
              users[place] as User,
              {
                username,
              },
            ),
          ),
        )
        await client.query('commit')
        return settled.map(({ status }) => status)
      })
      expect(outcomes).toEqual(names.map((name) => (name.startsWith('free') ? 'fulfilled' : 'rejected')))
      const stored = await Promise.all(
        users.map(async (user) => (await auth.accounts.getUser(user))?.username),
      )
      expect(stored).toEqual(names.map((name) => (name.startsWith('free') ? name : null)))
    },
  )
})

describe('a transaction of the host', () => {
  const look = (tx: unknown) => auth.accounts.with(tx).listUsers()

  it('that is not open is refused with a sentence', async () => {
    const client = await pool.connect()
    await expect(look(client)).rejects.toThrow(/no transaction is open/)
    await expect(look({ query: (statement: string) => client.query(statement) })).rejects.toThrow(
      /no transaction is open/,
    )
    client.release()
  })

  it('that has ended is refused with a sentence, also with operations that were made before', async () => {
    await onClient('begin', async (client) => {
      const accounts = auth.accounts.with(client)
      await accounts.listUsers()
      await client.query('commit')
      await expect(accounts.listUsers()).rejects.toThrow(/no transaction is open/)
    })
    const database = new Kysely<object>({ dialect: new PostgresDialect({ pool }) })
    const accounts = await database.transaction().execute((tx) => Promise.resolve(auth.accounts.with(tx)))
    await expect(accounts.listUsers()).rejects.toThrow(/no transaction is open/)
  })

  it('that is aborted is refused with a sentence', async () => {
    await onClient('begin', async (client) => {
      const accounts = auth.accounts.with(client)
      await accounts.listUsers()
      await client.query('select 1 / 0').catch(() => undefined)
      await expect(accounts.listUsers()).rejects.toThrow(/is aborted.*Roll it back/)
      await expect(look(client)).rejects.toThrow(/is aborted.*Roll it back/)
    })
  })

  it.each(['repeatable read', 'serializable'])('at %s is refused with a sentence', async (level) => {
    await onClient(`begin isolation level ${level}`, async (client) => {
      await expect(look(client)).rejects.toThrow(TypeError)
      await expect(look(client)).rejects.toThrow(/Begin it with "isolation level read committed"/)
    })
  })

  it('at READ COMMITTED is taken', async () => {
    await onClient('begin isolation level read committed', async (client) => {
      expect(await look(client)).not.toEqual([])
    })
  })
})

describe('an instance of PGlite', () => {
  it('that is called inside its own transaction says so instead of waiting for ever', async () => {
    const instance = await PGlite.create()
    const embedded = await createAuth({
      database: instance,
      migrate: true,
      secret,
      outbox: { worker: false },
    })
    await instance.transaction(async (tx) => {
      await expect(embedded.accounts.listUsers()).rejects.toThrow(/inside a transaction of the same PGlite/)
      expect(await embedded.accounts.with(tx).listUsers()).toEqual([])
    })
    expect(await embedded.accounts.listUsers()).toEqual([])
    const ended = await instance.transaction((tx) => Promise.resolve(embedded.accounts.with(tx)))
    await expect(ended.listUsers()).rejects.toThrow(/no transaction is open/)
    await embedded.close()
    await instance.close()
  }, 120_000)
})

describe('the clock of a test', () => {
  it('moves what happens inside a transaction of the caller', async () => {
    const test = await createTestAuth({ database: pool })
    const user = await newUser()
    const token = await test.auth.accounts.generateUserSessionToken(user)
    test.clock.advance('400d')
    await onClient('begin', async (client) => {
      expect(await test.auth.accounts.with(client).getUserBySessionToken(token)).toBeNull()
    })
    await test.auth.close()
  })
})
