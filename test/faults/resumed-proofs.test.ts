/**
 * A fault between a proof and its session: the secret is not lost, the same browser goes on with it, nothing happens twice,
 * and for every other browser it is used.
 */

import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisSessions } from '../../src/redis/index.js'
import type { UserRef } from '../../src/index.js'
import type { Kit } from '../../src/testing/suite/case.js'
import { createKit, otherPassword } from '../../src/testing/suite/case.js'
import { createBarrier } from '../harness/barrier.js'
import type { Answer, Browser } from '../harness/http-client.js'
import { openBrowser, refusalOf, roomy } from '../harness/http-client.js'
import { startRedis } from '../harness/redis.js'
import type { RedisServer } from '../harness/redis.js'
import type { Watch } from '../harness/watched.js'
import { lost, lostAnswer, openWatched, redemptions, useWatchedKit } from '../harness/watched.js'

type Attempt = (browser: Browser) => Promise<Answer>

/** Ways to sign in: what gets a browser there, and what it then does, however often. Others hear `refused`. */
const ways: Readonly<
  Record<
    string,
    {
      readonly statements: readonly string[]
      readonly refused: string
      begin(kit: Kit, browser: Browser, email: string): Promise<Attempt>
    }
  >
> = {
  link: {
    statements: redemptions.link,
    refused: '400 invalid_token',
    async begin({ inbox }, browser, email) {
      await browser.post('/magic-link/request', { email })
      const { token } = await inbox.latest(email)
      return (of) => of.post('/magic-link/callback', { token })
    },
  },
  code: {
    statements: redemptions.code,
    refused: '400 invalid_token',
    async begin({ inbox }, browser, email) {
      await browser.post('/email-otp/request', { email })
      const { code } = await inbox.latest(email)
      return (of) => of.post('/email-otp/callback', { email, code })
    },
  },
  approval: {
    statements: ['verification_redeem_approved'],
    refused: '202 waiting',
    async begin({ auth, inbox }, browser, email) {
      await browser.post('/magic-link/request', { email })
      const { token } = await inbox.latest(email)
      const number = String((await browser.get('/magic-link/wait')).json['number'])
      expect((await openBrowser(auth).post('/magic-link/approve', { token, number })).status).toBe(200)
      return (of) => of.post('/magic-link/wait')
    },
  },
}

const { kit, watch, createDatabase } = useWatchedKit('resumed', roomy)

async function counted(text: string, email: string): Promise<number> {
  const of = `(select i.user_id from latchkey.identities i where i.value = $1)`
  const { rows } = await kit().auth.query(
    `select count(*)::integer as count from ${text} and x.user_id in ${of}`,
    [email],
  )
  return rows[0]?.['count'] as number
}

/** What ends everything that pends on a user, or all sessions, which a proof that was given before does not outlive. */
const endings: Readonly<Record<string, (user: UserRef) => Promise<unknown>>> = {
  'a new password': (user) => kit().accounts.setPassword(user, otherPassword),
  'all sessions': (user) => kit().accounts.revokeUserSessions(user),
  'the user disabled and enabled again': async (user) => {
    await kit().accounts.disableUser(user)
    await kit().accounts.enableUser(user)
  },
}

const sessionsOf = (email: string): Promise<number> => counted('latchkey.sessions x where true', email)
const redeemedBy = (email: string): Promise<number> =>
  counted(`latchkey.audit x where x.event = 'verification.redeemed'`, email)

describe.each(Object.entries(ways))(
  'a fault between a proof and its session (%s)',
  (_, { statements, refused, begin }) => {
    it.each([
      ['after the redemption', () => watch().after(statements, lostAnswer)],
      ['before the session', () => watch().before('session_create_by_proof', lost)],
    ] as const)('%s leaves the proof to the same browser alone', async (_when, fail) => {
      const browser = openBrowser(kit().auth)
      const email = kit().newEmail()
      const attempt = await begin(kit(), browser, email)
      const hook = fail()
      // More often than a code may be tried: a right code uses up no try.
      for (let round = 0; round < 6; round++)
        expect(refusalOf(await attempt(browser))).toBe('503 unavailable')
      hook.stop()
      expect(refusalOf(await attempt(openBrowser(kit().auth)))).toBe(refused)
      expect((await attempt(browser)).status).toBe(200)
      expect((await browser.get('/session')).status).toBe(200)
      expect(refusalOf(await attempt(browser))).toBe(refused)
      expect([await sessionsOf(email), await redeemedBy(email)]).toEqual([1, 1])
    })

    it('lets one of five in who hold it and make their sessions at the same time', async () => {
      const browser = openBrowser(kit().auth)
      const email = kit().newEmail()
      const attempt = await begin(kit(), browser, email)
      const hook = watch().before('session_create_by_proof', lost)
      expect(refusalOf(await attempt(browser))).toBe('503 unavailable')
      hook.stop()
      const barrier = watch().before('session_create_by_proof', createBarrier(5))
      const answers = await Promise.all(Array.from({ length: 5 }, () => attempt(browser)))
      barrier.stop()
      const told = answers.map(refusalOf).toSorted()
      expect(told.filter((each) => each.startsWith('200'))).toHaveLength(1)
      expect(new Set(told.filter((each) => !each.startsWith('200')))).toEqual(new Set([refused]))
      expect(await sessionsOf(email)).toBe(1)
    })

    it.each(Object.entries(endings))('ends with %s meanwhile', async (_ending, end) => {
      const browser = openBrowser(kit().auth)
      const email = kit().newEmail()
      const { user } = await kit().accounts.importUser({ email, verified: true })
      const attempt = await begin(kit(), browser, email)
      const hook = watch().before('session_create_by_proof', lost)
      expect(refusalOf(await attempt(browser))).toBe('503 unavailable')
      hook.stop()
      await end(user)
      expect(refusalOf(await attempt(browser))).toBe(refused)
      expect(await sessionsOf(email)).toBe(0)
    })
  },
)

describe('a proof that is kept', () => {
  it('is over once it is settled, and needs a flow to be kept for', async () => {
    const email = kit().newEmail()
    await kit().accounts.requestSignIn({ email }, { flow: 'here' })
    const { token = '' } = await kit().inbox.latest(email)
    await expect(kit().accounts.verifyMagicLink(token, 'sign_in', { resumable: true })).rejects.toThrow(
      TypeError,
    )
    const redeem = () => kit().accounts.verifyMagicLink(token, 'sign_in', { flow: 'here', resumable: true })
    const { proof = '' } = await redeem()
    expect((await redeem()).proof).toBe(proof)
    await kit().accounts.settleProof(proof)
    await expect(redeem()).rejects.toThrow(expect.objectContaining({ code: 'invalid_token' }))
  })
})

describe('with sessions on Redis', () => {
  let redis: RedisServer
  let client: Redis
  let kept: Kit
  let keptWatch: Watch

  beforeAll(async () => {
    redis = await startRedis()
    client = new Redis({ host: '127.0.0.1', port: redis.port })
    const opened = await openWatched(
      { ...roomy, sessions: redisSessions({ client }) },
      await createDatabase(),
    )
    kept = createKit(opened, 'kept')
    keptWatch = opened.watch
  })
  afterAll(async () => {
    await kept.auth.close()
    client.disconnect()
    await redis.destroy()
  })

  it('the proof is kept until the record is acknowledged, and makes one session', async () => {
    const browser = openBrowser(kept.auth)
    const email = kept.newEmail()
    const { user } = await kept.accounts.importUser({ email, verified: true })
    const attempt = await (ways['link'] as (typeof ways)[string]).begin(kept, browser, email)
    const hook = keptWatch.before('verification_settle', lost)
    expect(refusalOf(await attempt(browser))).toBe('503 unavailable')
    hook.stop()
    expect(refusalOf(await attempt(openBrowser(kept.auth)))).toBe('400 invalid_token')
    expect((await attempt(browser)).status).toBe(200)
    expect((await browser.get('/session')).status).toBe(200)
    expect(refusalOf(await attempt(browser))).toBe('400 invalid_token')
    expect(await kept.accounts.listUserSessions(user)).toHaveLength(1)
  })
})
