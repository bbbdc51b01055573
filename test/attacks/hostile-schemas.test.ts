/**
 * The whole product beside a hostile schema that comes first in the search path, before `pg_catalog`: migrations, drift,
 * every operation of the Store suite, HTTP and a host's transactions, as the role of an application. Whatever of that
 * schema is called or read leaves a trace, also in what is rolled back; after each test there is none.
 */

import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createAuth } from '../../src/index.js'
import { findDrift, openPostgres } from '../../src/store/index.js'
import { migrations, schema } from '../../src/store/migrations/generated.js'
import { qualify } from '../../src/store/qualify.js'
import { createTestAuth, describeStore } from '../../src/testing/index.js'
import type { TestAuth } from '../../src/testing/index.js'
import { goodPassword, otherPassword } from '../../src/testing/suite/case.js'
import { createDatabase } from '../harness/engines.js'
import { openBrowser } from '../harness/http-client.js'
import { plantNeighbors, plantViews, takeTraces } from '../harness/neighbors.js'

// The text of every statement as it was written, so that a function is planted also where it was not qualified.
const texts = vi.hoisted(() => new Set<string>())
vi.mock(import('../../src/store/qualify.js'), async (original) => {
  const real = await original()
  return {
    ...real,
    qualify: (plain) => {
      texts.add(plain)
      return real.qualify(plain)
    },
  }
})

const untouched = { count: 0, names: [] }

let admin: pg.Client
let url: string

const open = (): Promise<TestAuth> => createTestAuth({ database: url })

/** A client of the application's role, whose search path the role brings along. */
async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

beforeAll(async () => {
  // Once without neighbors, so that every statement is known.
  const { auth } = await createTestAuth({ database: await createDatabase(), migrate: true })
  await auth.accounts.sweep()
  await auth.health()
  await auth.close()
  const called = [...texts, ...migrations.map(({ sql }) => sql)].flatMap((text) => [
    ...text.matchAll(/\b([a-z_0-9]+)\(/g),
  ])
  const tables = Object.keys(schema).map((key) => / (\w+)\./.exec(key)?.[1] as string)

  const adminUrl = await createDatabase()
  await plantNeighbors(adminUrl, [...new Set([...called.map(([, name]) => name as string), 'lower'])])
  await plantViews(adminUrl, [...new Set([...tables, 'migrations'])])
  admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  const role = `app_${randomUUID().replaceAll('-', '')}`
  const database = new URL(adminUrl).pathname.slice(1)
  await admin.query(`create role ${role} login;
    grant create on database ${database} to ${role};
    alter role ${role} in database ${database} set search_path = public, pg_catalog`)
  url = Object.assign(new URL(adminUrl), { username: role }).href
}, 120_000)

afterAll(() => admin.end())

it.each([
  ['a function', `select lower('A'::pg_catalog.text)`],
  ['an operator', `select 'a'::pg_catalog.text = 'b'::pg_catalog.text`],
  ['a type', `select 'a'::text`],
  ['a cast', `select 'a'::pg_catalog.text::planted`],
  ['a view named as one of our tables', 'select id from users'],
  ['a view named as one of the catalog', 'select relname from pg_class'],
])('sees that %s of the hostile schema was used, also after a rollback', async (_, look) => {
  const client = await connect()
  await client.query('begin')
  // What returns null where PostgreSQL expects a value ends in an error, after it was called.
  await client.query(look).catch(() => undefined)
  await client.query('rollback')
  await client.end()
  const { count, names } = await takeTraces(admin)
  expect(count).toBeGreaterThan(0)
  expect(names).toEqual([])
})

describe('beside a hostile schema', () => {
  beforeAll(async () => {
    const auth = await createAuth({ database: url, migrate: true, secret: randomUUID() + randomUUID() })
    await auth.close()
  })
  afterEach(async () => {
    expect(await takeTraces(admin)).toEqual(untouched)
  })

  // What the suite itself asks is qualified as well, so that a trace is one of the product.
  describeStore({ describe, it, afterAll }, async () => {
    const test = await open()
    return {
      ...test,
      auth: { ...test.auth, query: (text, values) => test.auth.query(qualify(text), values) },
    }
  })

  it('nothing is left to migrate, and nothing has drifted', async () => {
    const database = await openPostgres(url)
    expect(await findDrift(database, 'latchkey')).toEqual([])
    await database.close()
    const { auth } = await open()
    expect(await auth.migrate()).toEqual([])
    expect(await auth.health()).toMatchObject({ status: 'ok' })
    await auth.close()
  })

  it('people sign up, sign in, recover and sign out over HTTP', async () => {
    const { auth, clock, inbox } = await open()
    const [email, browser] = ['hostile@example.com', openBrowser(auth)]
    expect((await browser.post('/sign-up', { email, password: goodPassword })).status).toBe(202)
    const { token } = await inbox.latest(email)
    expect((await browser.post('/verification/callback', { token })).status).toBe(200)
    expect((await browser.post('/password/request', { email, password: otherPassword })).status).toBe(401)
    expect((await browser.post('/password/request', { email, password: goodPassword })).status).toBe(200)
    expect((await browser.get('/session')).status).toBe(200)
    expect((await browser.get('/sessions')).status).toBe(200)
    expect((await browser.delete('/session')).status).toBe(204)
    clock.advance('61s')
    expect((await browser.post('/email-otp/request', { email })).status).toBe(202)
    const { code } = await inbox.latest(email)
    expect((await browser.post('/email-otp/callback', { email, code })).status).toBe(200)
    clock.advance('61s')
    expect((await browser.post('/recovery/request', { email })).status).toBe(202)
    const recovery = await inbox.latest(email)
    const answer = { email, code: recovery.code, password: otherPassword }
    expect((await browser.post('/recovery/callback', answer)).status).toBe(200)
    expect((await browser.post('/password/request', { email, password: otherPassword })).status).toBe(200)
    await auth.close()
  })

  it('a host works in transactions of its own', async () => {
    const { auth, inbox } = await open()
    const client = await connect()
    const email = 'within@example.com'
    await client.query('begin')
    const within = auth.accounts.with(client)
    const { identity, user } = await within.createUserWithPassword({ email, password: goodPassword })
    await within.requestEmailVerification(identity)
    await within.updateUserProfile(user, { name: 'Ada' })
    await client.query('commit')
    const { token } = await inbox.latest(email)
    await client.query('begin')
    const again = auth.accounts.with(client)
    await again.verifyMagicLink(token as string, 'email')
    const session = await again.generateUserSessionToken(user)
    await again.setPassword(user, otherPassword)
    await again.disableUser(user)
    await again.enableUser(user)
    await client.query('commit')
    expect(await auth.accounts.getSession(session)).toBeNull()
    await client.query('begin')
    await auth.accounts.with(client).deleteUser(user)
    await client.query('rollback')
    expect(await auth.accounts.getUser(user)).toMatchObject({ name: 'Ada' })
    await client.end()
    await auth.close()
  })

  it('the guard of the audit looks nowhere else either', async () => {
    const { auth } = await open()
    await auth.accounts.createUserWithPassword({ email: 'guarded@example.com', password: goodPassword })
    await auth.close()
    const client = await connect()
    await client.query('update latchkey.audit set ip = null, user_agent = null')
    for (const refused of [`update latchkey.audit set reason = 'another'`, 'delete from latchkey.audit'])
      await expect(client.query(refused)).rejects.toMatchObject({ code: '42501' })
    await client.end()
    const { rows } = await admin.query<{ config: string[] | null }>(
      `select proconfig as config from pg_proc where pronamespace = 'latchkey'::regnamespace`,
    )
    expect(rows.map(({ config }) => config)).toEqual([['search_path=pg_catalog, pg_temp']])
    expect(await takeTraces(admin)).toEqual(untouched)
    // Without a search path of its own, it would look into the hostile schema.
    const without = await connect()
    await without.query('begin; alter function latchkey.audit_append_only() reset search_path')
    await without.query('update latchkey.audit set ip = null').catch(() => undefined)
    await without.query('rollback')
    await without.end()
    expect((await takeTraces(admin)).count).toBeGreaterThan(0)
  })
})
