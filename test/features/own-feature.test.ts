/** A feature of a host: one folder and one line bring everything that it declares, and it can be taken away again. */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError, createAuth } from '../../src/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import type { TestAuth } from '../../src/testing/index.js'
import { goodPassword, lastToken, signUp } from '../../src/testing/suite/case.js'
import { createDatabase } from '../harness/engines.js'
import type { OpenedAuth } from '../harness/engines.js'
import { hold } from '../harness/held.js'
import { openBrowser } from '../harness/http-client.js'
import { useKit } from '../harness/kit.js'
import { signUp as signUpOverHttp } from '../harness/signed-in.js'
import { securityQuestion } from './security-question/feature.js'
import type { SecurityQuestions } from './security-question/operations.js'

const question = 'The name of the first pet?'
const features = [securityQuestion] as const

const questionsOf = (auth: object): SecurityQuestions =>
  (auth as { securityQuestion: SecurityQuestions }).securityQuestion

describe('on the embedded database', () => {
  let test: TestAuth
  let cookie: string
  beforeAll(async () => {
    test = await createTestAuth({ features })
    cookie = await signUpOverHttp(test, 'ada@example.com')
  })
  afterAll(() => test.auth.close())

  const call = (method: string, path: string, body?: object): Promise<Response> =>
    test.auth.fetch(
      new Request(`http://localhost:3000/auth${path}`, {
        method,
        headers: {
          origin: 'http://localhost:3000',
          'content-type': 'application/json',
          cookie,
          accept: path === '/account' ? 'text/html' : 'application/json',
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
      { address: '127.0.0.1' },
    )

  it('serves its route, shows its section, sends its notice and records its event', async () => {
    const events: string[] = []
    const stop = test.auth.on('security_question.set', ({ type }) => void events.push(type))
    expect((await call('PUT', '/security-question', { question, answer: 'Byron' })).status).toBe(200)
    stop()
    expect(events).toEqual(['security_question.set'])
    expect(await (await call('GET', '/account')).text()).toContain(question)
    const notice = await test.inbox.latest('ada@example.com')
    expect([notice.event, notice.texts?.en.subject]).toEqual([
      'security_question_set',
      'Your security question was set',
    ])
    const { rows } = await test.auth.query(
      "select actor_type from latchkey.audit where event = 'security_question.set'",
    )
    expect(rows).toEqual([{ actor_type: 'user' }])
  })

  it('counts its limit: wrong answers are refused after three, and right ones are given back', async () => {
    for (let right = 0; right < 4; right++)
      expect((await call('POST', '/security-question', { answer: 'byron' })).status).toBe(200)
    const answers = [1, 2, 3, 4].map(() => call('POST', '/security-question', { answer: 'wrong' }))
    const statuses = (await Promise.all(answers)).map(({ status }) => status).sort()
    expect(statuses).toEqual([400, 400, 400, 429])
  })

  it('has its operations under its key, also inside a transaction of the host', async () => {
    const { auth } = test
    const { user } = await auth.accounts.createUserWithPassword({
      email: 'tx@example.com',
      password: goodPassword,
    })
    await questionsOf(auth).set(user, { question, answer: 'x' })
    expect(await questionsOf(auth).get(user)).toBe(question)
    expect(Object.keys(auth)).toContain('securityQuestion')
  })

  it('refuses a segment of its paths as the id of a strategy, and names what is taken or reserved', async () => {
    const own = { ...securityQuestion, id: 'accounts' }
    await expect(createAuth({ database: 'memory', features: [own] })).rejects.toThrow(
      new ConfigError(['features: the name accounts is reserved; choose another one.']),
    )
    const members = Object.keys(test.auth).filter((key) => key !== 'securityQuestion')
    for (const member of members) {
      const id = member.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
      await expect(
        createAuth({ database: 'memory', features: [{ ...securityQuestion, id }] }),
      ).rejects.toThrow(`features: the name ${id} is reserved`)
    }
    await expect(
      createAuth({ database: 'memory', features: [securityQuestion, securityQuestion] }),
    ).rejects.toThrow('features: security-question is already the name of a feature.')
  })
})

describe('on a server', () => {
  let url = ''
  async function open(): Promise<OpenedAuth> {
    url = await createDatabase()
    return { ...(await createTestAuth({ database: url, migrate: true, features })), url }
  }
  const kit = useKit(open)

  const questions = async (userId: string): Promise<number> => {
    const text = 'select count(*)::integer as count from latchkey.security_questions where user_id = $1'
    return (await kit().auth.query(text, [userId])).rows[0]?.['count'] as number
  }

  async function claim(): Promise<{ userId: string; email: string; token: string }> {
    const email = kit().newEmail()
    const { user, identity } = await kit().accounts.createUserWithPassword({ email, password: goodPassword })
    await kit().accounts.requestEmailVerification(identity)
    return { userId: user.id, email, token: await lastToken(kit(), email) }
  }

  it('runs in a transaction of the host, and is undone with it', async () => {
    const { user } = await signUp(kit())
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query('begin')
    await questionsOf(kit().auth.with(client)).set(user, { question, answer: 'x' })
    await client.query('rollback')
    await client.end()
    expect(await questions(user.id)).toBe(0)
  })

  it('loses what a stranger planted before the first proof', async () => {
    const { userId, token } = await claim()
    await questionsOf(kit().auth).set({ id: userId }, { question, answer: 'planted' })
    await kit().accounts.verifyMagicLink(token, 'email')
    expect(await questions(userId)).toBe(0)
  })

  it('loses what a stranger plants while the first proof waits for the lock', async () => {
    const { userId, token } = await claim()
    const { beside } = await hold(
      kit(),
      (_, tx) => questionsOf(kit().auth.with(tx)).set({ id: userId }, { question, answer: 'planted' }),
      () => kit().accounts.verifyMagicLink(token, 'email'),
    )
    expect(beside.user.id).toBe(userId)
    expect(await questions(userId)).toBe(0)
  })

  it('refuses a row whose sign-in ended while it waited', async () => {
    const { user } = await signUp(kit())
    const provenAt = new Date()
    const { beside } = await hold(
      kit(),
      (within) => within.revokeUserSessions(user),
      () => questionsOf(kit().auth).set(user, { question, answer: 'x', provenAt }),
    )
    expect(beside).toMatchObject({ code: 'not_found' })
    expect(await questions(user.id)).toBe(0)
  })

  it('keeps an account that it says to keep, and no other, from the sweep', async () => {
    const [kept, swept] = [await claim(), await claim()]
    await questionsOf(kit().auth).set({ id: kept.userId }, { question, answer: 'x' })
    kit().clock.advance('30d')
    await kit().accounts.sweep()
    expect(await kit().accounts.getUser({ id: kept.userId })).not.toBeNull()
    expect(await kit().accounts.getUser({ id: swept.userId })).toBeNull()
  })

  it('can be taken away: its routes and operations are gone, and its table disturbs nobody', async () => {
    const { auth } = await createTestAuth({ database: url })
    expect('securityQuestion' in auth).toBe(false)
    const answer = await openBrowser(auth).get('/security-question')
    expect(answer.status).toBe(404)
    await auth.close()
  })
})
