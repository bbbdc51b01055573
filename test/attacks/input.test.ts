/** Input: what is not what it should be is refused before the database hears of it (CVE-2013-0233, CVE-2019-16109). */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthError } from '../../src/index.js'
import type { Accounts } from '../../src/index.js'
import { openPglite } from '../../src/store/index.js'
import type { Database, Statement } from '../../src/store/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import type { TestAuth } from '../../src/testing/index.js'
import { costOf } from '../harness/cost.js'
import { goodPassword } from '../../src/testing/suite/case.js'

const statements: Statement[] = []
let database: Database
let test: TestAuth
let accounts: Accounts

beforeAll(async () => {
  const opened = await openPglite('memory')
  database = {
    ...opened,
    query: (statement) => {
      statements.push(statement)
      return opened.query(statement)
    },
  }
  test = await createTestAuth({ database, migrate: true })
  accounts = test.auth.accounts
})
afterAll(() => test.auth.close())

const strange: readonly unknown[] = [
  null,
  undefined,
  0,
  1,
  true,
  Number.NaN,
  [],
  ['a@example.com'],
  {},
  { toString: () => 'a@example.com' },
  Symbol('a'),
  () => 'a@example.com',
  new Date(0),
  1n,
]

const user = { id: '00000000-0000-4000-8000-000000000000' }

/** Each operation with one argument replaced by something that is not a string. */
const doors: Readonly<Record<string, (value: never) => Promise<unknown>>> = {
  'createUserWithPassword email': (value) =>
    accounts.createUserWithPassword({ email: value, password: goodPassword }),
  'createUserWithPassword password': (value) =>
    accounts.createUserWithPassword({ email: 'a@example.com', password: value }),
  createUserWithEmail: (value) => accounts.createUserWithEmail(value),
  createUserWithPhone: (value) => accounts.createUserWithPhone(value),
  findOrCreateEmailIdentity: (value) => accounts.findOrCreateEmailIdentity(value),
  findOrCreatePhoneIdentity: (value) => accounts.findOrCreatePhoneIdentity(value),
  isEmailTaken: (value) => accounts.isEmailTaken(value),
  isUsernameTaken: (value) => accounts.isUsernameTaken(value),
  getUserByEmail: (value) => accounts.getUserByEmail(value),
  getUserByUsername: (value) => accounts.getUserByUsername(value),
  'getVerifiedIdentity type': (value) => accounts.getVerifiedIdentity(value, 'a@example.com'),
  'getVerifiedIdentity value': (value) => accounts.getVerifiedIdentity('email', value),
  generateUserSessionToken: (value) => accounts.generateUserSessionToken({ id: value }),
  revokeUserSessions: (value) => accounts.revokeUserSessions({ id: value }),
  issueIdentityVerification: (value) => accounts.issueIdentityVerification({ id: value }, 'email'),
  requestEmailVerification: (value) => accounts.requestEmailVerification({ id: value }),
  requestPasswordRecovery: (value) => accounts.requestPasswordRecovery(value),
  updateUserProfile: (value) => accounts.updateUserProfile({ id: value }, { name: 'Ada' }),
  'verifyMagicCode code': (value) => accounts.verifyMagicCode(value, 'email', 'a@example.com'),
  'verifyMagicCode value': (value) => accounts.verifyMagicCode('123456', 'email', value),
  verifyMagicLink: (value) => accounts.verifyMagicLink(value, 'email'),
  'authenticateWithPassword email': (value) =>
    accounts.authenticateWithPassword({ email: value, password: 'x' }),
  'authenticateWithPassword password': (value) =>
    accounts.authenticateWithPassword({ email: 'a@example.com', password: value }),
  'resetPassword token': (value) => accounts.resetPassword({ token: value ?? null }, goodPassword),
  'resetPassword code': (value) =>
    accounts.resetPassword({ email: 'a@example.com', code: value }, goodPassword),
  'resetPassword password': (value) => accounts.resetPassword({ token: 'x' }, value),
  'revokeUserSession session': (value) => accounts.revokeUserSession(user, value),
  setPassword: (value) => accounts.setPassword({ id: value }, goodPassword),
  deleteUser: (value) => accounts.deleteUser({ id: value }),
}

describe.each(Object.entries(doors))('%s', (_, open) => {
  it('is input_invalid for whatever is not a string, in under 5 ms, without a query', async () => {
    for (const value of strange) {
      statements.length = 0
      const attempt = (): Promise<unknown> =>
        open(value as never).then(
          () => null,
          (thrown: unknown) => thrown,
        )
      const error = await attempt()
      expect(AuthError.is(error, 'input_invalid'), `${String(value)}: ${String(error)}`).toBe(true)
      expect(await costOf(attempt)).toBeLessThan(5)
      expect(statements).toEqual([])
    }
  })
})

describe('a session token', () => {
  it('that is none is nobody’s, without a query', async () => {
    for (const value of [...strange, '', 'x'.repeat(1_000_000), 'é'.repeat(64)]) {
      statements.length = 0
      expect(await accounts.getUserBySessionToken(value)).toBeNull()
      expect(await accounts.getSession(value)).toBeNull()
      expect(await accounts.revokeUserSessionToken(value)).toEqual([])
      expect(statements).toEqual([])
    }
  })
})

describe('hostile sizes', () => {
  const huge = 'x'.repeat(1_000_000)

  it('cost no time and no query', async () => {
    const tries: (() => Promise<unknown>)[] = [
      () => accounts.createUserWithPassword({ email: 'a@example.com', password: huge }),
      () => accounts.findOrCreateEmailIdentity(`${huge}@example.com`),
      () => accounts.findOrCreatePhoneIdentity(`+${'1'.repeat(1_000_000)}`),
      () => accounts.verifyMagicLink(huge, 'email'),
      () => accounts.verifyMagicCode(huge, 'email', 'a@example.com'),
      () => accounts.updateUserProfile(user, { name: huge }),
      () => accounts.updateUserProfile(user, { username: huge }),
      () => accounts.updateUserProfile(user, { metadata: { a: huge } }),
      () => accounts.deleteUser({ id: huge }),
    ]
    for (const attempt of tries) {
      statements.length = 0
      const error = await attempt().catch((thrown: unknown) => thrown)
      expect(AuthError.is(error)).toBe(true)
      expect(await costOf(() => attempt().catch(() => undefined))).toBeLessThan(50)
      expect(statements).toEqual([])
    }
  })
})

describe('what a caller may not set', () => {
  it('is ignored wherever it stands (GHSA-99h5-pjcv-gr6v)', async () => {
    const attrs = {
      email: 'mallory@example.com',
      password: goodPassword,
      id: user.id,
      verified: true,
      verifiedAt: new Date(),
      role: 'admin',
      createdAt: new Date(0),
      anonymous: true,
    }
    const created = await accounts.createUserWithPassword(attrs)
    expect(created.user.id).not.toBe(user.id)
    expect([created.identity.verifiedAt, created.user.anonymous]).toEqual([null, false])
    expect(created.user.createdAt.getTime()).toBeGreaterThan(0)
    const polluted = JSON.parse('{"name":"Ada","__proto__":{"disabledAt":"now"}}') as { name: string }
    expect((await accounts.updateUserProfile(created.user, polluted)).disabledAt).toBeNull()
    expect(({} as { disabledAt?: unknown }).disabledAt).toBeUndefined()
  })
})
