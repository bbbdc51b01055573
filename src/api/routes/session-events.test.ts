/** Sign-out by server-sent events. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestAuth } from '../../testing/index.js'
import type { TestAuth } from '../../testing/index.js'

let kit: TestAuth
beforeAll(async () => {
  kit = await createTestAuth()
})
afterAll(() => kit.auth.close())

async function open() {
  const { accounts } = kit.auth
  const { user } = await accounts.findOrCreateEmailIdentity('ada@example.com')
  const token = await accounts.generateUserSessionToken(user)
  const response = await kit.auth.fetch(
    new Request('http://localhost:3000/auth/session/events', { headers: { cookie: `latchkey=${token}` } }),
  )
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const next = async () => {
    const { value, done } = await reader.read()
    return done ? null : new TextDecoder().decode(value)
  }
  return { user, token, response, reader, next }
}

describe('the events of a session', () => {
  it('say once that it ended, and end', async () => {
    const { token, response, next } = await open()
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await next()).toContain('retry')
    await kit.auth.accounts.revokeUserSessionToken(token)
    expect(await next()).toBe('event: ended\ndata: {}\n\n')
    expect(await next()).toBeNull()
  })

  it('say nothing of another session of the same user', async () => {
    const first = await open()
    const second = await open()
    await first.next()
    await second.next()
    await kit.auth.accounts.revokeUserSessionToken(first.token)
    expect(await first.next()).toContain('ended')
    await kit.auth.accounts.revokeUserSessionToken(second.token)
    expect(await second.next()).toContain('ended')
  })

  it('are watched no longer once the page is closed', async () => {
    const { reader, next } = await open()
    await next()
    const before = kit.auth.sessionFeed.count()
    await reader.cancel()
    expect(kit.auth.sessionFeed.count()).toBe(before - 1)
  })

  it('are watched by nobody who asks for the headers alone', async () => {
    const { token } = await open()
    const before = kit.auth.sessionFeed.count()
    const headers = { cookie: `latchkey=${token}` }
    const url = 'http://localhost:3000/auth/session/events'
    const response = await kit.auth.fetch(new Request(url, { method: 'HEAD', headers }))
    expect([response.status, kit.auth.sessionFeed.count()]).toEqual([200, before])
  })

  it('are for whoever is signed in', async () => {
    const response = await kit.auth.fetch(new Request('http://localhost:3000/auth/session/events'))
    expect(response.status).toBe(401)
  })
})
