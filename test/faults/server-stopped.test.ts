/** The database is stopped and started under load. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Auth, ErrorCode } from '../../src/index.js'
import { AuthError, createAuth } from '../../src/index.js'
import type { PostgresServer } from '../harness/postgres.js'
import { startPostgres } from '../harness/postgres.js'

const secret = 'a secret of tests that opens nothing else'
let server: PostgresServer
let auth: Auth
let token: string

beforeAll(async () => {
  server = await startPostgres()
  auth = await createAuth({ database: server.url, migrate: true, secret })
  const { user } = await auth.accounts.findOrCreateEmailIdentity('ada@example.com')
  token = await auth.accounts.generateUserSessionToken(user)
})

afterAll(async () => {
  await auth.close()
  await server.destroy()
})

type Ending = ErrorCode | 'done' | 'raw'

async function ending(work: Promise<unknown>): Promise<Ending> {
  try {
    await work
    return 'done'
  } catch (error) {
    return AuthError.is(error) ? error.code : 'raw'
  }
}

describe('a server that goes away and comes back', () => {
  it.each(['fast', 'immediate'] as const)(
    'is unavailable at once, leaves nothing half-made, and is back (%s)',
    async (mode) => {
      let number = 0
      let running = true
      const endings: Ending[] = []
      const load = Array.from({ length: 8 }, async () => {
        while (running) {
          const email = `${mode}-${++number}@example.com`
          endings.push(await ending(auth.accounts.findOrCreateEmailIdentity(email)))
          endings.push(await ending(auth.accounts.getUserBySessionToken(token)))
        }
      })
      const done = (): number => endings.filter((each) => each === 'done').length
      await expect.poll(done).toBeGreaterThan(50)
      await server.stop(mode)
      await expect.poll(() => endings.includes('unavailable')).toBe(true)
      const start = performance.now()
      expect(await ending(auth.accounts.getUserBySessionToken(token))).toBe('unavailable')
      expect(performance.now() - start).toBeLessThan(1000)
      expect((await auth.health()).status).toBe('unavailable')
      await server.start()
      const before = done()
      await expect.poll(done, { timeout: 10_000 }).toBeGreaterThan(before + 50)
      running = false
      await Promise.all(load)
      expect(new Set(endings)).toEqual(new Set(['done', 'unavailable']))
      const half = `select count(*)::integer as half from latchkey.users u
      where not exists (select from latchkey.identities i where i.user_id = u.id)`
      expect((await auth.query(half)).rows[0]?.['half']).toBe(0)
      expect(await auth.accounts.getUserBySessionToken(token)).not.toBeNull()
      expect((await auth.health()).status).toBe('ok')
    },
  )

  it('queues and delivers again after the listening connection broke', async () => {
    const { identity } = await auth.accounts.findOrCreateEmailIdentity('listener@example.com')
    await server.stop('immediate')
    await server.start()
    await expect.poll(() => ending(auth.accounts.requestEmailVerification(identity))).toBe('done')
    await expect
      .poll(() => auth.inbox?.latest('listener@example.com')?.event, { timeout: 15_000 })
      .toBe('email')
  })
})
