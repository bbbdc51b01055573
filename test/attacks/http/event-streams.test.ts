/** One session, or one user with many sessions, that opens as many event streams as it can: others still get one. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestAuth } from '../../../src/testing/index.js'
import type { TestAuth } from '../../../src/testing/index.js'

let kit: TestAuth
beforeAll(async () => {
  kit = await createTestAuth()
})
afterAll(() => kit.auth.close())

/** A user, as a function that opens one more session. */
async function createUser(email: string): Promise<() => Promise<string>> {
  const { user } = await kit.auth.accounts.findOrCreateEmailIdentity(email)
  return () => kit.auth.accounts.generateUserSessionToken(user)
}

const open = (token: string): Promise<Response> =>
  kit.auth.fetch(
    new Request('http://localhost:3000/auth/session/events', { headers: { cookie: `latchkey=${token}` } }),
  )

async function openAll(token: string, count: number): Promise<Response[]> {
  const answers: Response[] = []
  for (let nth = 0; nth < count; nth++) answers.push(await open(token))
  return answers
}

const statusesOf = (answers: readonly Response[]): number[] => answers.map(({ status }) => status)

describe('event streams', () => {
  it('of one session are four, the next is 429 with Retry-After, and one that is closed gives its place back', async () => {
    const token = await (await createUser('ada@example.com'))()
    const answers = await openAll(token, 5)
    expect(statusesOf(answers)).toEqual([200, 200, 200, 200, 429])
    expect(answers[4]?.headers.get('retry-after')).toBe('10')
    expect(await answers[4]?.json()).toMatchObject({ code: 'rate_limited' })
    await answers[0]?.body?.cancel()
    expect((await open(token)).status).toBe(200)
  })

  it('of one user are sixteen over all sessions, and another user still gets one', async () => {
    const enterEve = await createUser('eve@example.com')
    const enterBob = await createUser('bob@example.com')
    for (let nth = 0; nth < 4; nth++)
      expect(statusesOf(await openAll(await enterEve(), 4))).toEqual([200, 200, 200, 200])
    expect((await open(await enterEve())).status).toBe(429)
    expect((await open(await enterBob())).status).toBe(200)
  })
})
