/** Two engines on one database, one of which keeps sessions in memory: what ends on one ends on the other. */

import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createHasher } from '../../src/hashing/index.js'
import type { Auth } from '../../src/index.js'
import type { Statement } from '../../src/store/index.js'
import { openPostgres } from '../../src/store/postgres.js'
import { createTestAuth } from '../../src/testing/index.js'
import type { TestAuth } from '../../src/testing/index.js'
import { createDatabase, pglite } from '../harness/engines.js'

const password = 'seven wooden lanterns drifting'
const sessionCache = { maxLag: '2s' } as const

let url: string
let cached: TestAuth
let other: TestAuth
// Session checks that the first engine asked the database.
let asked = 0
let passwordHash: string

async function trusted(auth: Auth): Promise<void> {
  await vi.waitFor(async () => expect((await auth.health()).sessionCache).toBe('trusted'), {
    interval: 5,
    timeout: 5000,
  })
}

beforeAll(async () => {
  url = await createDatabase()
  passwordHash = await createHasher({ concurrency: 1, queue: 1 }).hash(password)
  other = await createTestAuth({ database: url, migrate: true })
  const database = await openPostgres(url)
  cached = await createTestAuth({
    database: {
      ...database,
      query(statement: Statement) {
        if (/^latchkey_session_(?:find|user)/.test(statement.name ?? '')) asked++
        return database.query(statement)
      },
    },
    sessionCache,
  })
  await trusted(cached.auth)
})

afterAll(async () => {
  await cached.auth.close()
  await other.auth.close()
})

// A signed-in person whose session stands in the memory of the first engine.
async function remembered() {
  const email = `${randomUUID()}@example.com`
  // Imported, which sends no word that could come late and have the session forgotten.
  const { user } = await other.auth.accounts.importUser({ email, verified: true, passwordHash })
  const token = await other.auth.accounts.generateUserSessionToken(user)
  const found = await cached.auth.accounts.getSession(token)
  return { user, email, token, session: found?.session as { id: string } }
}

type Remembered = Awaited<ReturnType<typeof remembered>>

const gone = (token: string) =>
  expect
    .poll(() => cached.auth.accounts.getUserBySessionToken(token), { interval: 2, timeout: 1900 })
    .toBeNull()

describe('a cached session', () => {
  it('is asked of the database once, by whichever operation', async () => {
    const before = asked
    const { token, user } = await remembered()
    for (let times = 0; times < 10; times++) {
      expect((await cached.auth.accounts.getUserBySessionToken(token))?.id).toBe(user.id)
      expect((await cached.auth.accounts.getSession(token))?.user.id).toBe(user.id)
    }
    expect(asked - before).toBe(1)
  })

  it('is handed out as a copy, with everything that the database has', async () => {
    const { token, user } = await remembered()
    await other.auth.accounts.updateUserProfile(user, { metadata: { colors: ['red', { deep: 1 }] } })
    const fresh = await other.auth.accounts.getSession(token)
    await vi.waitFor(async () => expect(await cached.auth.accounts.getSession(token)).toEqual(fresh))
    const [first, second] = [
      await cached.auth.accounts.getSession(token),
      await cached.auth.accounts.getSession(token),
    ]
    first?.user.createdAt.setTime(0)
    ;(first?.user.metadata['colors'] as unknown[]).push('blue')
    expect(second).toEqual(fresh)
    expect(await cached.auth.accounts.getSession(token)).toEqual(fresh)
  })

  const changes: Record<string, (person: Remembered) => Promise<unknown>> = {
    'is signed out': ({ token }) => other.auth.accounts.revokeUserSessionToken(token),
    'is revoked by its id': ({ user, session }) => other.auth.accounts.revokeUserSession(user, session.id),
    'is revoked with all others': ({ user }) => other.auth.accounts.revokeUserSessions(user),
    'belongs to a user who is disabled': ({ user }) => other.auth.accounts.disableUser(user),
    'belongs to a user who is deleted': ({ user }) => other.auth.accounts.deleteUser(user),
    'is ended by a password change': ({ user }) =>
      other.auth.accounts.changePassword(user, { currentPassword: password, password: `${password} away` }),
    'is ended by a recovery': async ({ email }) => {
      await other.auth.accounts.requestPasswordRecovery(email)
      const { token } = await other.inbox.latest(email)
      await other.auth.accounts.resetPassword({ token: token as string }, `${password} away`)
    },
    'is ended in a transaction of the caller': async ({ user, token }) => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query('begin')
      await other.auth.accounts.with(client).revokeUserSessions(user)
      expect(await cached.auth.accounts.getUserBySessionToken(token)).not.toBeNull()
      await client.query('commit')
      await client.end()
    },
  }

  it.each(Object.keys(changes))('that %s on another node is forgotten', async (name) => {
    const person = await remembered()
    const before = asked
    expect(await cached.auth.accounts.getUserBySessionToken(person.token)).not.toBeNull()
    expect(asked).toBe(before)
    await changes[name]?.(person)
    await gone(person.token)
  })

  it('that was planted before the owner came is forgotten at the first proof', async () => {
    const email = `${randomUUID()}@example.com`
    const { user, identity } = await other.auth.accounts.createUserWithEmail(email)
    const token = await other.auth.accounts.generateUserSessionToken(user)
    expect(await cached.auth.accounts.getUserBySessionToken(token)).not.toBeNull()
    await other.auth.accounts.requestEmailVerification(identity)
    const message = await other.inbox.latest(email)
    await other.auth.accounts.verifyMagicLink(message.token as string, 'email')
    await gone(token)
  })

  it('shows a changed profile', async () => {
    const { user, token } = await remembered()
    await other.auth.accounts.updateUserProfile(user, { name: 'Ada' })
    await expect
      .poll(async () => (await cached.auth.accounts.getUserBySessionToken(token))?.name, { interval: 2 })
      .toBe('Ada')
  })

  it('that ends on its own node is not found in the very next check', async () => {
    const { user, token } = await remembered()
    await cached.auth.accounts.revokeUserSessions(user)
    expect(await cached.auth.accounts.getUserBySessionToken(token)).toBeNull()
  })

  it('is not found by its id with another secret', async () => {
    const [ada, eve] = [await remembered(), await remembered()]
    const forged = Buffer.from(ada.token, 'base64url')
    Buffer.from(eve.token, 'base64url').copy(forged, 16, 16)
    expect(await cached.auth.accounts.getUserBySessionToken(forged.toString('base64url'))).toBeNull()
  })
})

describe('a watch over a session', () => {
  it.each(['with', 'without'])('is told of its end on another node, %s a cache', async (cache) => {
    const [here, there] = cache === 'with' ? [cached.auth, other.auth] : [other.auth, cached.auth]
    const { user, token, session } = await remembered()
    const spared = await there.accounts.generateUserSessionToken(user)
    const sparedId = (await there.accounts.getSession(spared))?.session.id as string
    const told: string[] = []
    here.sessionFeed.subscribe(session.id, user.id, () => told.push('ended'))
    const stop = here.sessionFeed.subscribe(sparedId, user.id, () => told.push('spared'))
    await there.accounts.updateUserProfile(user, { name: 'Ada' })
    await there.accounts.changePassword(user, {
      currentPassword: password,
      password: `${password} away`,
      session: sparedId,
    })
    await vi.waitFor(() => expect(told).toEqual(['ended']), { timeout: 10_000 })
    expect(await there.accounts.getUserBySessionToken(token)).toBeNull()
    await there.accounts.revokeUserSessionToken(spared)
    await vi.waitFor(() => expect(told).toEqual(['ended', 'spared']), { timeout: 10_000 })
    stop()
  })
})

describe('the embedded database', () => {
  it('keeps sessions in memory too, until they end or are over', async () => {
    const { auth, clock } = await pglite.open({ sessionCache })
    const { accounts } = auth
    await trusted(auth)
    const { user } = await accounts.createUserWithEmail('ada@example.com')
    const [ended, idle] = [
      await accounts.generateUserSessionToken(user),
      await accounts.generateUserSessionToken(user),
    ]
    for (const token of [ended, idle]) expect((await accounts.getUserBySessionToken(token))?.id).toBe(user.id)
    await accounts.revokeUserSessionToken(ended)
    expect(await accounts.getUserBySessionToken(ended)).toBeNull()
    clock.advance('14d')
    expect(await accounts.getUserBySessionToken(idle)).toBeNull()
    await auth.close()
  })

  it('keeps none where no cache is configured', async () => {
    const { auth } = await pglite.open()
    expect((await auth.health()).sessionCache).toBe('off')
    await auth.close()
  })
})
