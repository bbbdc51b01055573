/** What an event stream costs the database: one statement, which reads the watched sessions and no other. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPostgres } from '../../src/store/postgres.js'
import type { Statement } from '../../src/store/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import { createKit } from '../../src/testing/suite/case.js'
import type { Kit } from '../../src/testing/suite/case.js'
import { createDatabase } from '../harness/engines.js'

const sessionsOfUser = 100

let kit: Kit
let taken: { name: string; rows: number }[] = []

beforeAll(async () => {
  const database = await openPostgres(await createDatabase())
  const test = await createTestAuth({
    migrate: true,
    database: {
      ...database,
      async query(statement: Statement) {
        const result = await database.query(statement)
        const [, name] = /^latchkey_(session_.*?)_[0-9a-f]{12}/.exec(statement.name ?? '') ?? []
        if (name !== undefined) taken.push({ name, rows: result.rows.length })
        return result
      },
    },
  })
  kit = createKit(test, 'streams')
})
afterAll(() => kit.auth.close())

/** A user with as many sessions as are allowed: their tokens, the newest last. */
async function createUser() {
  const { user } = await kit.accounts.findOrCreateEmailIdentity(kit.newEmail())
  const tokens: string[] = []
  for (let nth = 0; nth < sessionsOfUser; nth++)
    tokens.push(await kit.accounts.generateUserSessionToken(user))
  return { user, tokens }
}

async function openStream(token: string) {
  const response = await kit.auth.fetch(
    new Request('http://localhost:3000/auth/session/events', { headers: { cookie: `latchkey=${token}` } }),
  )
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  await reader.read()
  return reader
}

/** Resolves once a look was taken, and says what was taken until then: how often depends on the channel. */
async function takenWithLook(rows: number): Promise<typeof taken> {
  await expect
    .poll(() => taken.filter((each) => each.name === 'session_live' && each.rows === rows).length, {
      timeout: 10_000,
    })
    .toBeGreaterThan(0)
  const all = taken
  taken = []
  return all
}

describe('an event stream of a user with a hundred sessions', () => {
  it('reads one row when it is opened and when its session ends, and lists none', async () => {
    const { user, tokens } = await createUser()
    const [token = '', other = ''] = tokens
    taken = []
    const stream = await openStream(token)
    for (const { name, rows } of await takenWithLook(1)) {
      expect([name, rows]).toEqual([name, 1])
      expect(name).not.toBe('session_list')
    }
    // Nobody watches that one.
    await kit.accounts.revokeUserSessionToken(other)
    const { session } = (await kit.accounts.getSession(token)) ?? {}
    await kit.accounts.revokeUserSession(user, session?.id ?? '')
    expect(new TextDecoder().decode((await stream.read()).value)).toContain('ended')
    const names = (await takenWithLook(0)).map(({ name }) => name)
    expect(names).not.toContain('session_list')
  })

  it('is spared, at the price of one row, when all others end', async () => {
    const { user, tokens } = await createUser()
    const token = tokens.at(-1) ?? ''
    const stream = await openStream(token)
    await takenWithLook(1)
    const { session } = (await kit.accounts.getSession(token)) ?? {}
    taken = []
    await kit.accounts.revokeUserSessions(user, { except: session?.id })
    for (const { name, rows } of await takenWithLook(1)) expect([name, rows]).toEqual([name, 1])
    await stream.cancel()
  })

  it('watches a session of its own user alone', async () => {
    const [ada, eve] = [await createUser(), await createUser()]
    const { session } = (await kit.accounts.getSession(ada.tokens[0])) ?? {}
    const told = new Promise<void>((resolve) => {
      kit.auth.sessionFeed.subscribe(session?.id ?? '', eve.user.id, resolve)
    })
    await told
  })
})
