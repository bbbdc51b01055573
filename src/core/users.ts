/** Reading, importing, disabling and deleting users. */

import { AuthError, invalidField } from '../base/index.js'
import type { FieldFault } from '../base/index.js'
import type { Context } from './context.js'
import { readAddress } from './identities.js'
import { collectFaults, gone, requireId, requireObject, requireString } from './inputs.js'
import { readJsonPatch } from './metadata.js'
import type { NewImport } from './ports/index.js'
import { requireName } from './profile.js'
import type { Identity, Json, SweepReport, User, UserRef } from './types.js'
import { requireUsername } from './username.js'

/** A user from another system, with the password hash that system made. */
export interface ImportedUser {
  readonly email?: string | undefined
  readonly phone?: string | undefined
  /** Whether the other system has verified the addresses. If not, they are unverified here. */
  readonly verified: boolean
  /**
   * A hash that a verifier understands (see the documentation of passwords). It is replaced at the first
   * sign-in.
   */
  readonly passwordHash?: string | undefined
  readonly name?: string | null | undefined
  readonly username?: string | null | undefined
  readonly metadata?: Json | undefined
}

const maxUsers = 1000

/** The operations on whole users. */
export function createUsers(context: Context) {
  const { store, secrets, hasher, settings } = context

  function readImportedAddress(type: 'email' | 'phone', input: unknown, verified: boolean) {
    if (input === undefined) return []
    const address = readAddress(context, type, requireString(type, input))
    if (address === null) throw invalidField(type, 'format')
    return [{ id: secrets.newId(), type, value: address.value, valueKey: address.key, verified }]
  }

  function judgeHash(passwordHash: unknown): FieldFault | null {
    if (passwordHash === undefined) return null
    const understood = hasher.understands(requireString('passwordHash', passwordHash))
    return understood ? null : { field: 'passwordHash', rule: 'format' }
  }

  function readImport(attrs: unknown): NewImport {
    const { email, phone, verified, passwordHash, name, username, metadata } = requireObject('attrs', attrs)
    if (typeof verified !== 'boolean') throw invalidField('verified', 'required')
    if (email === undefined && phone === undefined) throw invalidField('email', 'required')
    collectFaults(judgeHash(passwordHash))
    return {
      userId: secrets.newId(),
      identities: [
        ...readImportedAddress('email', email, verified),
        ...readImportedAddress('phone', phone, verified),
      ],
      passwordHash: (passwordHash as string | undefined) ?? null,
      name: name === undefined || name === null ? null : requireName(name),
      username:
        username === undefined || username === null
          ? null
          : requireUsername(requireString('username', username)),
      metadata: metadata === undefined ? {} : readJsonPatch('metadata', metadata).set,
    }
  }

  return {
    async getUser(user: UserRef): Promise<User | null> {
      return store.users.get(requireId('user', user))
    },

    async listUsers(page: { after?: UserRef | undefined; limit?: number | undefined } = {}): Promise<User[]> {
      const { after, limit = 100 } = page
      if (!Number.isInteger(limit) || limit < 1 || limit > maxUsers)
        throw invalidField('limit', 'max', maxUsers)
      return store.users.list({ after: after === undefined ? null : requireId('after', after), limit })
    },

    async importUser(attrs: ImportedUser): Promise<{ user: User; identities: Identity[] }> {
      const imported = await store.users.import(readImport(attrs))
      if (imported === 'taken')
        throw new AuthError('input_invalid', {
          reason: 'address_taken',
          fields: [{ field: 'email', rule: 'taken' }],
        })
      if (imported === 'username_taken') throw invalidField('username', 'taken')
      return imported
    },

    async disableUser(user: UserRef): Promise<User> {
      const userId = requireId('user', user)
      const disabled = await store.users.disable(userId)
      if (disabled === null) throw gone('user')
      return disabled.user
    },

    async enableUser(user: UserRef): Promise<User> {
      const userId = requireId('user', user)
      const enabled = await store.users.enable(userId)
      if (enabled === null) throw gone('user')
      return enabled
    },

    async deleteUser(user: UserRef): Promise<void> {
      const userId = requireId('user', user)
      if (!(await store.users.delete(userId))) throw gone('user')
    },

    async sweep(options: { dryRun?: boolean | undefined } = {}): Promise<SweepReport> {
      const { sweep, audit } = settings
      return store.sweep({
        dryRun: options.dryRun === true,
        claimsAfterMs: sweep.claimsAfterMs,
        audit,
      })
    },
  }
}
