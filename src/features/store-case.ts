/** A case of the Store suite: one sentence about behavior, and its test. */

import assert from 'node:assert/strict'
import { AuthError } from '../base/index.js'
import type { ErrorCode, FieldRule } from '../base/index.js'
import type { Account, Accounts, Message, User } from '../core/index.js'

/** What every case gets: the operations, an inbox, and addresses that nobody else uses. */
export interface Kit {
  readonly accounts: Accounts
  /** Reading it first delivers what is due. */
  readonly inbox: {
    to(value: string): Promise<readonly Message[]>
    latest(value?: string): Promise<Message>
  }
  newEmail(): string
  newPhone(): string
  newUsername(): string
}

/** One sentence and its test. */
export interface Case<Given = Kit> {
  readonly name: string
  run(kit: Given): Promise<void>
}

/** A password that every policy here accepts. */
export const goodPassword = 'seven wooden lanterns drifting'
/** A second such password. */
export const otherPassword = 'a quiet harbor under snowfall'

/** Asserts that the work fails with this code, and for `input_invalid` with this field and rule. */
export async function assertRefused(
  work: Promise<unknown>,
  code: ErrorCode,
  fault?: readonly [field: string, rule: FieldRule],
): Promise<AuthError> {
  const error = await work.then(
    () => assert.fail(`It should have been refused with ${code}.`),
    (thrown: unknown) => thrown,
  )
  assert.ok(AuthError.is(error), `It should be an AuthError and is ${String(error)}.`)
  assert.equal(error.code, code, `${error.code} (${error.reason}) should be ${code}.`)
  if (fault !== undefined) {
    const [field, rule] = fault
    const found = error.fields?.some((each) => each.field === field && each.rule === rule)
    assert.ok(found, `${JSON.stringify(error.fields)} should hold ${field} ${rule}.`)
  }
  return error
}

/** Signs up with a password and verifies the address. */
export async function signUp(kit: Kit, email = kit.newEmail(), password = goodPassword): Promise<Account> {
  const { identity } = await kit.accounts.createUserWithPassword({ email, password })
  await kit.accounts.requestEmailVerification(identity)
  const { token } = await kit.inbox.latest(identity.value)
  const verified = await kit.accounts.verifyMagicLink(token as string, 'email')
  return { user: verified.user, identity: verified.identity as Account['identity'] }
}

/** Verifies a new address without a password. */
export async function enter(kit: Kit, email = kit.newEmail()): Promise<Account> {
  const { identity } = await kit.accounts.findOrCreateEmailIdentity(email)
  await kit.accounts.issueIdentityVerification(identity, 'sign_in')
  const { token } = await kit.inbox.latest(identity.value)
  const verified = await kit.accounts.verifyMagicLink(token as string, 'sign_in')
  return { user: verified.user, identity: verified.identity as Account['identity'] }
}

/** Creates a user with a live session. */
export async function signIn(kit: Kit): Promise<{ user: User; token: string }> {
  const { user } = await signUp(kit)
  return { user, token: await kit.accounts.generateUserSessionToken(user) }
}

/** The link token of the last message to an address. */
export async function lastToken(kit: Kit, address: string): Promise<string> {
  return (await kit.inbox.latest(address)).token as string
}

/** The code of the last message to an address. */
export async function lastCode(kit: Kit, address: string): Promise<string> {
  return (await kit.inbox.latest(address)).code as string
}

/** A different code of the same form. */
export function otherCode(code: string, step = 1): string {
  return String((Number(code) + step) % 10 ** code.length).padStart(code.length, '0')
}

/** Whether this password signs in. */
export async function opens(accounts: Accounts, email: string, password: string): Promise<boolean> {
  try {
    await accounts.authenticateWithPassword({ email, password })
    return true
  } catch (error) {
    if (AuthError.is(error, 'invalid_credentials')) return false
    throw error
  }
}
