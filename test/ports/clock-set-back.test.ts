/**
 * A clock of the database that steps back behind the last ending of all sessions of a user. What proves that user is told as
 * unavailable, never as wrong, and an ending is never taken back.
 *
 * Two engines on one database: one whose clock is ahead ends the sessions, and the other one is where the clock is now.
 */

import { inspect } from 'node:util'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuthOptions } from '../../src/index.js'
import { redisSessions } from '../../src/redis/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import type { Kit } from '../../src/testing/suite/case.js'
import { createKit, goodPassword, otherPassword } from '../../src/testing/suite/case.js'
import { createDatabase } from '../harness/engines.js'
import type { Answer, Browser } from '../harness/http-client.js'
import { openBrowser, refusalOf, roomy } from '../harness/http-client.js'
import { startRedis } from '../harness/redis.js'
import type { RedisServer } from '../harness/redis.js'

const aheadBy = '30s'
let redis: RedisServer
let client: Redis

beforeAll(async () => {
  redis = await startRedis()
  client = new Redis({ host: '127.0.0.1', port: redis.port })
})
afterAll(async () => {
  client.disconnect()
  await redis.destroy()
})

const places: Readonly<Record<string, () => AuthOptions>> = {
  Postgres: () => ({}),
  Redis: () => ({ sessions: redisSessions({ client }) }),
}

const signIns: Readonly<Record<string, (kit: Kit, browser: Browser, email: string) => Promise<Answer>>> = {
  password: (_kit, browser, email) => browser.post('/password/request', { email, password: goodPassword }),
  code: async ({ inbox }, browser, email) => {
    await browser.post('/email-otp/request', { email })
    return browser.post('/email-otp/callback', { email, code: (await inbox.latest(email)).code })
  },
  link: async ({ inbox }, browser, email) => {
    await browser.post('/magic-link/request', { email })
    return browser.post('/magic-link/callback', { token: (await inbox.latest(email)).token })
  },
}

describe.each(Object.keys(places))('the clock of the database stepped back, with sessions on %s', (place) => {
  let kit: Kit
  let ahead: Awaited<ReturnType<typeof createTestAuth>>
  const told: string[] = []

  beforeAll(async () => {
    const database = await createDatabase()
    const options = { database, ...roomy, ...places[place]?.() }
    const tell = (...said: readonly unknown[]): void => void told.push(inspect(said, { depth: 8 }))
    const logger = { debug: tell, info: tell, warn: tell, error: tell }
    const here = await createTestAuth({ ...options, migrate: true, logger })
    kit = createKit(here, 'clock')
    ahead = await createTestAuth(options)
    ahead.clock.advance(aheadBy)
  })
  afterAll(async () => {
    await kit.auth.close()
    await ahead.auth.close()
  })

  async function arrive(): Promise<{ email: string; id: string }> {
    const email = kit.newEmail()
    const { user } = await kit.accounts.importUser({ email, verified: true })
    await kit.accounts.setPassword(user, goodPassword)
    return { email, id: user.id }
  }

  it.each(Object.keys(signIns))(
    'makes a sign-in by %s unavailable, and it is in once it has caught up',
    async (way) => {
      const { email, id } = await arrive()
      const browser = openBrowser(kit.auth)
      await ahead.auth.accounts.revokeUserSessions({ id })
      const refused = await (signIns[way] as (typeof signIns)[string])(kit, browser, email)
      expect(refusalOf(refused)).toBe('503 unavailable')
      expect(told.join('\n')).toContain('It was set back')

      const later = openBrowser(ahead.auth)
      for (const [name, value] of browser.jar) later.jar.set(name, value)
      const aheadKit = { ...kit, inbox: ahead.inbox }
      const answer = await (signIns[way] as (typeof signIns)[string])(aheadKit, later, email)
      expect(answer.status).toBe(200)
      expect((await later.get('/session')).status).toBe(200)
    },
  )

  it('moves no ending back: what an earlier one ended stays over', async () => {
    const { id } = await arrive()
    const read = async (): Promise<unknown> =>
      (await kit.auth.query('select sessions_ended_at::text as at from latchkey.users where id = $1', [id]))
        .rows[0]?.['at']
    const token = await ahead.auth.accounts.generateUserSessionToken({ id })
    await ahead.auth.accounts.revokeUserSessions({ id })
    const before = await read()
    await kit.accounts.revokeUserSessions({ id })
    await kit.accounts.setPassword({ id }, otherPassword)
    await kit.accounts.disableUser({ id })
    await kit.accounts.enableUser({ id })
    expect(await read()).toBe(before)
    expect(await kit.accounts.getUserBySessionToken(token)).toBeNull()
  })
})
