/**
 * Signing in with a password, and changing it (ASVS 5 6.2 and 6.3).
 *
 * Invariants: (1) an unknown user costs the same hash and the same statements; (2) only a verified address
 * can sign in; (3) a change ends every session except the one that made it, and cancels every pending
 * verification.
 */

import { AuthError, invalidField } from '../base/index.js'
import type { Context } from './context.js'
import type { SignInFailure } from '../base/index.js'
import { normalizeEmail } from './email.js'
import { collectFaults, gone, requireId, requireObject, requireString } from './inputs.js'
import { isOverlong, judgeBreach, judgePassword, toHashedForm } from './password.js'
import type { PasswordOwner } from './ports/index.js'
import type { Account, SessionId, UserRef } from './types.js'

/**
 * Who signed in with a password, and when, by the database's clock. Pass the date to
 * `generateUserSessionToken`.
 */
export interface Authenticated extends Account {
  readonly authenticatedAt: Date
}

/** Options for checking a password. */
export interface PasswordOptions {
  /**
   * Whether too many attempts were made: the right password then gets the same answer as a wrong one, in the
   * same time. Default: false.
   */
  readonly closed?: boolean | undefined
}

// With more forms than these, the extra hashes are no longer computed for everyone.
const maxForms = 3

// No address has this key, so a malformed one runs the same statement as an unknown one.
const nobody = ''

/** The password operations. */
export function createPasswords(context: Context) {
  const { store, hasher, announcer, secrets } = context

  async function fail(userId: string | null, reason: SignInFailure, key: string): Promise<never> {
    const addressMac = key === nobody ? null : secrets.digestAddress(key)
    await store.passwords.recordFailure({ userId, reason, addressMac })
    throw new AuthError('invalid_credentials', { reason })
  }

  // Compare with one hash of each form in use, whether the user has a slow hash of another system, a hash of
  // ours, or none, so that timing doesn't reveal which. This cost ends with the last foreign hash.
  async function spendAlike(
    hash: string | null,
    foreignHashes: readonly string[],
    password: string,
  ): Promise<void> {
    const samples = new Map<string, string>()
    for (const sample of foreignHashes) {
      const form = hasher.formOf(sample)
      if (form !== null && samples.size < maxForms && !samples.has(form)) samples.set(form, sample)
    }
    if (samples.size === 0) return
    const typed = isOverlong(context, password) ? 'over-long' : toHashedForm(password)
    const own = hash === null ? null : hasher.formOf(hash)
    for (const [form, sample] of samples) if (form !== own) await hasher.verify(sample, typed)
    // The cost of a hash of ours is added below, unless the user's is foreign.
    if (hash !== null && hasher.needsRehash(hash)) await hasher.verifyNobody(typed)
  }

  async function compare(hash: string | null, password: string): Promise<boolean> {
    // Nobody has an overlong password; a short one replaces it, so that its length costs nothing.
    const overlong = isOverlong(context, password)
    const typed = overlong ? 'over-long' : toHashedForm(password)
    if (hash !== null) return (await hasher.verify(hash, typed)) && !overlong
    await hasher.verifyNobody(typed)
    return false
  }

  async function set(
    owner: PasswordOwner,
    password: string,
    guard: { replacing: string | null; keep: SessionId | null },
  ): Promise<boolean> {
    const { user, addresses } = owner
    collectFaults(await judgePassword(context, password, { addresses, names: [user.name, user.username] }))
    collectFaults(await judgeBreach(context, password))
    const hash = await hasher.hash(toHashedForm(password))
    const changed = await store.passwords.set({ userId: user.id, hash, ...guard })
    if (changed === null) return false
    announcer.queued()
    return true
  }

  async function findOwner(userId: string): Promise<PasswordOwner> {
    const owner = await store.passwords.owner(userId)
    if (owner === null) throw gone('user')
    return owner
  }

  return {
    async authenticateWithPassword(
      attrs: { email: string; password: string },
      options: PasswordOptions = {},
    ): Promise<Authenticated> {
      const { email, password } = requireObject('attrs', attrs)
      const { closed = false } = requireObject('options', options)
      const typed = requireString('password', password)
      const key = normalizeEmail(requireString('email', email))?.key ?? nobody
      const found = await store.passwords.find('email', key)
      const stored = 'hash' in found ? found : null
      await spendAlike(stored?.hash ?? null, found.foreignHashes, typed)
      const matched = await compare(stored?.hash ?? null, typed)
      if (stored === null) return fail(null, 'user_unknown', key)
      const { user, identity, hash, readAt } = stored
      if (!matched) return fail(user.id, 'password_wrong', key)
      // Before anything else is read: a right password must not take longer than a wrong one.
      if (closed === true) return fail(user.id, 'password_closed', key)
      if (user.disabledAt !== null) return fail(user.id, 'user_disabled', key)
      const rehashed = hasher.needsRehash(hash) ? await hasher.hash(toHashedForm(typed)) : null
      const confirmed = await store.passwords.confirm({ userId: user.id, hash, rehashed })
      if (!confirmed) return fail(user.id, 'changed_meanwhile', key)
      return { user, identity, authenticatedAt: readAt }
    },

    async changePassword(
      user: UserRef,
      attrs: { currentPassword: string; password: string; session?: SessionId | undefined },
    ): Promise<void> {
      const userId = requireId('user', user)
      const { currentPassword, password, session } = requireObject('attrs', attrs)
      const current = requireString('currentPassword', currentPassword)
      const next = requireString('password', password)
      const keep = session === undefined ? null : requireId('session', { id: session })
      const owner = await findOwner(userId)
      if (!(await compare(owner.hash, current))) throw invalidField('currentPassword', 'current')
      const changed = await set(owner, next, { replacing: owner.hash, keep })
      if (!changed) throw invalidField('currentPassword', 'current')
    },

    async hasPassword(user: UserRef): Promise<boolean> {
      return (await findOwner(requireId('user', user))).hash !== null
    },

    async setPassword(user: UserRef, password: string): Promise<void> {
      const owner = await findOwner(requireId('user', user))
      const next = requireString('password', password)
      if (!(await set(owner, next, { replacing: null, keep: null }))) throw gone('user')
    },
  }
}
