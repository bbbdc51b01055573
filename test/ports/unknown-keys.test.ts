/** A node that does not have the key of a secret leaves the secret to a node that has it. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Auth } from '../../src/index.js'
import { AuthError, createAuth } from '../../src/index.js'
import type { Message } from '../../src/index.js'
import { createDatabase } from '../harness/engines.js'

const older = 'the older secret of thirty-two bytes'
const newer = 'the newer secret of thirty-two bytes'

const inbox: Message[] = []
let before: Auth
let after: Auth

beforeAll(async () => {
  const database = await createDatabase()
  const open = (secret: string[]): Promise<Auth> =>
    createAuth({
      database,
      secret,
      migrate: true,
      outbox: { worker: false },
      sender: {
        deliver(message) {
          inbox.push(message)
          return Promise.resolve()
        },
      },
    })
  before = await open([older])
  after = await open([newer, older])
})

afterAll(async () => {
  await before.close()
  await after.close()
})

let count = 0
async function ask(auth: Auth, flow?: string): Promise<{ id: string; email: string }> {
  const email = `person-${++count}@example.com`
  const { identity } = await auth.accounts.findOrCreateEmailIdentity(email)
  await auth.accounts.issueIdentityVerification(identity, 'sign_in', { flow })
  return { id: identity.id, email }
}

async function receive(email: string): Promise<{ code: string; token: string }> {
  await after.outbox.drain()
  return inbox.find(({ to }) => to.value === email) as { code: string; token: string }
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'taken',
    (error: unknown) => (AuthError.is(error) ? `${error.code}: ${error.reason}` : error),
  )

async function countsOf(email: string): Promise<unknown> {
  const { rows } = await after.query(
    `select v.attempts, v.match_attempts,
      (select count from latchkey.attempts where budget = 'code' and subject = v.value_key) as budget
    from latchkey.verifications v where v.value_key = $1`,
    [email],
  )
  return rows
}

const nothingCounted = [{ attempts: 0, match_attempts: 0, budget: null }]
const nobody = { delivered: 0, dropped: 0, retried: 0, failed: 0 }

describe('a message that is sealed under a key of another node', () => {
  it('is neither tried, failed nor wiped, and the node that has the key delivers it', async () => {
    const { email } = await ask(after)
    expect(await before.outbox.drain()).toEqual(nobody)
    const [entry] = await before.outbox.list({ state: 'pending' })
    expect([entry?.to.value, entry?.attempts]).toEqual([email, 0])
    expect(await after.outbox.drain()).toEqual({ ...nobody, delivered: 1 })
  })

  it('holds up no other, however many there are', async () => {
    for (let index = 0; index < 40; index++) await ask(after)
    const { email } = await ask(before)
    expect(await before.outbox.drain()).toEqual({ ...nobody, delivered: 1 })
    expect(inbox.at(-1)?.to.value).toBe(email)
    expect(await after.outbox.drain()).toEqual({ ...nobody, delivered: 40 })
  })

  it('is closed by any node once it is over, with the reason', async () => {
    const { email } = await ask(after)
    await after.query(
      `update latchkey.outbox set expires_at = now() - interval '1 second' where to_value = $1`,
      [email],
    )
    await before.outbox.drain()
    const failed = (await before.outbox.list({ state: 'failed' })).find(({ to }) => to.value === email)
    expect(failed?.lastError).toBe(
      'expired, sealed under a secret that the node which closed it does not have',
    )
  })
})

describe('a secret that was made under a key of another node', () => {
  it('is no miss: a code is neither judged nor counted, and opens where the key is known', async () => {
    const { email } = await ask(after)
    const { code } = await receive(email)
    for (let tries = 0; tries < 12; tries++) {
      expect(await codeOf(before.accounts.verifyMagicCode(code, 'sign_in', email))).toBe(
        'unavailable: key_unknown',
      )
    }
    expect(await countsOf(email)).toEqual(nothingCounted)
    expect(await codeOf(after.accounts.verifyMagicCode(code, 'sign_in', email))).toBe('taken')
  })

  it('looks the same for an address that nobody has', async () => {
    const email = 'nobody@example.com'
    await after.accounts.requestPasswordRecovery(email)
    expect(await codeOf(before.accounts.verifyMagicCode('123456', 'recovery', email))).toBe(
      'unavailable: key_unknown',
    )
  })

  it('does not keep a code from being judged that is made under a key of this node', async () => {
    const { id, email } = await ask(before)
    const { code } = await receive(email)
    await after.accounts.issueIdentityVerification({ id }, 'email')
    const wrong = code === '000000' ? '111111' : '000000'
    expect(await codeOf(before.accounts.verifyMagicCode(wrong, 'sign_in', email))).toMatch(/^invalid_token/)
    expect(await codeOf(before.accounts.verifyMagicCode(code, 'sign_in', email))).toBe('taken')
  })

  it('keeps its number: none is shown, and a typed one is not counted, until the key is known', async () => {
    const { email } = await ask(after, 'a browser')
    const { token } = await receive(email)
    const waiting = { flow: 'a browser' }
    const { number } = (await after.accounts.getPendingSignIn(waiting)) as { number: string }
    expect(await codeOf(before.accounts.getPendingSignIn(waiting))).toBe('unavailable: key_unknown')
    for (let tries = 0; tries < 4; tries++) {
      expect(await codeOf(before.accounts.approveMagicLink(token, number))).toBe('unavailable: key_unknown')
    }
    expect(await countsOf(email)).toEqual(nothingCounted)
    expect(await codeOf(after.accounts.approveMagicLink(token, number))).toBe('taken')
    expect((await before.accounts.redeemApprovedSignIn(waiting))?.identity?.value).toBe(email)
  })
})
