/**
 * The notice of a sign-in that was approved for another browser ends that session with one button: without a sign-in,
 * by a form and by JSON, wherever sessions are stored.
 */

import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisSessions } from '../../src/redis/index.js'
import { enter } from '../../src/testing/suite/case.js'
import { engines, postgres } from '../harness/engines.js'
import { openBrowser, refusalOf, roomy } from '../harness/http-client.js'
import { useKit } from '../harness/kit.js'
import { createPerson } from '../harness/person.js'
import { startRedis } from '../harness/redis.js'
import type { RedisServer } from '../harness/redis.js'

let server: RedisServer
let client: Redis
beforeAll(async () => {
  server = await startRedis()
  client = new Redis({ host: '127.0.0.1', port: server.port })
})
afterAll(async () => {
  client.disconnect()
  await server.destroy()
})

const places = [
  ...engines,
  {
    name: 'PostgreSQL, with sessions on Redis',
    open: (options = {}) =>
      postgres.open({ ...options, sessions: redisSessions({ client, timeout: '10s' }) }),
  },
]

describe.each(places)('the link in the notice of an approved sign-in, on $name,', ({ open }) => {
  const kit = useKit(open, roomy)

  /** Approves a browser that waits, and reads the notice. */
  async function approve() {
    const { user, identity } = await enter(kit())
    const own = openBrowser(kit().auth)
    await own.post('/email-otp/request', { email: identity.value })
    const { code } = await kit().inbox.latest(identity.value)
    await own.post('/email-otp/callback', { email: identity.value, code })
    const waiting = openBrowser(kit().auth)
    await waiting.post('/magic-link/request', { email: identity.value })
    const { token } = await kit().inbox.latest(identity.value)
    const { number } = (await waiting.get('/magic-link/wait')).json
    await own.post('/magic-link/approve', { token, number })
    expect((await waiting.post('/magic-link/wait')).status).toBe(200)
    const notice = await kit().inbox.latest(identity.value)
    expect(notice.event).toBe('sign_in_approved')
    const link = notice.link as string
    return { user, own, waiting, link, token: new URL(link).searchParams.get('token') as string }
  }

  const isSignedIn = async (browser: { get(path: string): Promise<{ status: number }> }): Promise<boolean> =>
    (await browser.get('/session')).status === 200

  it('opens a page whose button signs that browser out, and no other', async () => {
    const { own, waiting, link } = await approve()
    const person = createPerson(kit().auth)
    expect((await person.open(link)).way).toEqual(['/auth/end-session'])
    expect(person.page().text).toContain('Sign that browser out?')
    expect(await isSignedIn(waiting)).toBe(true)
    expect((await person.send('end-session')).way).toEqual(['/auth/end-session'])
    expect(person.page().text).toContain('That browser is signed out')
    expect([await isSignedIn(waiting), await isSignedIn(own)]).toEqual([false, true])
  })

  it('says of a second use, and of a session that has ended already, that it has ended', async () => {
    const { waiting, link } = await approve()
    await waiting.delete('/session')
    const person = createPerson(kit().auth)
    for (const use of ['first', 'second']) {
      await person.open(link)
      await person.send('end-session')
      expect([use, person.page().status, person.page().text.includes('The session has ended')]).toEqual([
        use,
        200,
        true,
      ])
    }
  })

  it('ends it by JSON as well, once, and leaves an audit row', async () => {
    const { user, waiting, token } = await approve()
    const stranger = openBrowser(kit().auth)
    expect(refusalOf(await stranger.post('/magic-link/end', { token }))).toBe('200 ended')
    expect(await isSignedIn(waiting)).toBe(false)
    expect(refusalOf(await stranger.post('/magic-link/end', { token }))).toBe('200 already_ended')
    const { rows } = await kit().auth.query(
      `select event, actor_type from latchkey.audit where user_id = $1 and event = 'session.revoked' order by id`,
      [user.id],
    )
    expect(rows).toEqual([{ event: 'session.revoked', actor_type: 'stranger' }])
  })

  it('is charged to the network, as other secrets are', async () => {
    const stranger = openBrowser(kit().auth)
    const statuses: number[] = []
    for (let tries = 0; tries < 61; tries++)
      statuses.push((await stranger.post('/magic-link/end', { token: 'x' })).status)
    expect([new Set(statuses.slice(0, 60)), statuses[60]]).toEqual([new Set([200]), 429])
  })

  it('is also there after a fault, for the session that was created in the end', async () => {
    const { identity } = await enter(kit())
    const flow = `the waiting browser of ${identity.id}`
    await kit().accounts.issueIdentityVerification(identity, 'sign_in', { flow })
    const { token } = await kit().inbox.latest(identity.value)
    const pending = await kit().accounts.getPendingSignIn({ flow })
    await kit().accounts.approveMagicLink(token as string, pending?.number as string)
    const resume = () => kit().accounts.redeemApprovedSignIn({ flow, resumable: true })
    await resume()
    const verified = await resume()
    expect((await kit().inbox.to(identity.value)).map(({ event }) => event)).not.toContain('sign_in_approved')
    const { user, proof, authenticatedAt } = verified ?? {}
    const session = await kit().accounts.generateUserSessionToken(user ?? { id: '' }, {
      proof,
      authenticatedAt,
    })
    const notices = (await kit().inbox.to(identity.value)).filter(({ event }) => event === 'sign_in_approved')
    expect(notices).toHaveLength(1)
    const ending = new URL(notices[0]?.link ?? '').searchParams.get('token') as string
    expect(await kit().accounts.revokeApprovedSession(ending)).toHaveLength(1)
    expect(await kit().accounts.getUserBySessionToken(session)).toBeNull()
  })
})
