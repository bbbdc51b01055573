/** The endpoint of the session check. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestAuth } from '../testing/index.js'
import type { TestAuth } from '../testing/index.js'

let kit: TestAuth
beforeAll(async () => {
  kit = await createTestAuth()
})
afterAll(() => kit.auth.close())

const ask = (path: string, cookie?: string): Request =>
  new Request(`http://localhost:3000${path}`, { headers: cookie === undefined ? {} : { cookie } })

describe('a session check over HTTP', () => {
  it('answers, letter for letter, what JSON makes of the scope', async () => {
    const { accounts } = kit.auth
    const { user } = await accounts.findOrCreateEmailIdentity('ada@example.com')
    await accounts.updateUserProfile(user, {
      name: 'Ada “Countess” 👑',
      metadata: { a: [1, null, { b: '\u2028' }] },
    })
    const token = await accounts.generateUserSessionToken(user, { ip: '2001:db8::1', methods: ['password'] })
    const request = ask('/auth/session', `latchkey=${token}`)
    const answer = await kit.auth.fetch(request)
    expect(await answer.text()).toBe(JSON.stringify(await kit.auth.scope(request)))
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    // A query changes nothing, and a longer path is another route.
    expect((await kit.auth.fetch(ask('/auth/session?x=1', `latchkey=${token}`))).status).toBe(200)
    expect((await kit.auth.fetch(ask('/auth/session/x', `latchkey=${token}`))).status).toBe(404)
  })

  it('of nobody is refused, and a dead cookie is cleared', async () => {
    expect((await kit.auth.fetch(ask('/auth/session'))).headers.get('set-cookie')).toBeNull()
    const dead = await kit.auth.fetch(ask('/auth/session', `latchkey=${'A'.repeat(64)}`))
    expect([dead.status, dead.headers.get('set-cookie')]).toEqual([401, expect.stringContaining('Max-Age=0')])
  })
})
