/**
 * Identities: the addresses and provider accounts of users, including claims that are not verified yet.
 *
 * Invariants: (1) only a verified identity can be looked up or is taken; (2) a claim reserves nothing: any
 * number of people may claim one address; (3) requesting a passwordless claim again returns the existing one.
 */

import { invalidField } from '../base/index.js'
import type { FieldFault } from '../base/index.js'
import type { Context } from './context.js'
import { normalizeEmail } from './email.js'
import type { NormalizedAddress } from './email.js'
import { collectFaults, gone, requireId, requireObject, requireString, requireText } from './inputs.js'
import { judgeBreach, judgePassword, toHashedForm } from './password.js'
import type { NewClaim } from './ports/index.js'
import type { Account, Identity, IdentityRef, User, UserRef } from './types.js'

/**
 * The normalized address of this type, or null when it is malformed. A provider's subject is left unchanged.
 */
export function readAddress(
  { phones }: Pick<Context, 'phones'>,
  type: string,
  value: string,
): NormalizedAddress | null {
  if (type === 'email') return normalizeEmail(value)
  if (type !== 'phone') return value.length > 255 || value.includes('\u0000') ? null : { value, key: value }
  const number = phones.normalize(value)
  return number === null ? null : { value: number, key: number }
}

function judgeAddress(type: string, address: NormalizedAddress | null): FieldFault | null {
  return address === null ? { field: type, rule: 'format' } : null
}

/** A new user's claim to this address. */
export function newClaim({ secrets }: Context, type: string, address: NormalizedAddress): NewClaim {
  return {
    userId: secrets.newId(),
    identityId: secrets.newId(),
    type,
    value: address.value,
    valueKey: address.key,
  }
}

/**
 * Validates the address and password of a claim, without the database or the network.
 * @throws AuthError `input_invalid`
 */
export async function judgeClaim(
  context: Context,
  attrs: unknown,
): Promise<{ readonly address: NormalizedAddress; readonly password: string }> {
  const { email, password } = requireObject('attrs', attrs)
  const address = normalizeEmail(requireString('email', email))
  const subject = { addresses: address === null ? [] : [address.value], names: [] }
  collectFaults(
    judgeAddress('email', address),
    await judgePassword(context, requireString('password', password), subject),
  )
  return { address: address as NormalizedAddress, password: password as string }
}

/**
 * A validated claim and the hash of its password, ready to be stored.
 * @throws AuthError `input_invalid`, `rate_limited`
 */
export async function prepareClaim(
  context: Context,
  attrs: unknown,
): Promise<{ readonly claim: NewClaim; readonly hash: string }> {
  const { address, password } = await judgeClaim(context, attrs)
  collectFaults(await judgeBreach(context, password))
  // Hash before looking up the address, so that a taken one costs as much as a free one.
  const hash = await context.hasher.hash(toHashedForm(password))
  return { claim: newClaim(context, 'email', address), hash }
}

/** The identity operations. */
export function createIdentities(context: Context) {
  const { store } = context

  async function findOrCreate(type: 'email' | 'phone', input: unknown): Promise<Account> {
    const address = readAddress(context, type, requireString(type, input))
    if (address === null) throw invalidField(type, 'format')
    const { user, identity } = await store.identities.findOrCreate(newClaim(context, type, address))
    return { user, identity }
  }

  async function createPasswordless(type: 'email' | 'phone', input: unknown): Promise<Account> {
    const account = await findOrCreate(type, input)
    if (account.identity.verifiedAt !== null) throw invalidField(type, 'taken')
    return account
  }

  async function getVerified(type: string, value: string): Promise<Account | null> {
    const address = readAddress(context, type, value)
    return address === null ? null : store.identities.findVerified(type, address.key)
  }

  return {
    async createUserWithPassword(attrs: { email: string; password: string }): Promise<Account> {
      const { claim, hash } = await prepareClaim(context, attrs)
      const account = await store.identities.createWithPassword(claim, hash)
      if (account === null) throw invalidField('email', 'taken')
      return account
    },

    createUserWithEmail: (email: string): Promise<Account> => createPasswordless('email', email),
    createUserWithPhone: (phone: string): Promise<Account> => createPasswordless('phone', phone),
    findOrCreateEmailIdentity: (email: string): Promise<Account> => findOrCreate('email', email),
    findOrCreatePhoneIdentity: (phone: string): Promise<Account> => findOrCreate('phone', phone),

    async isEmailTaken(email: string): Promise<boolean> {
      return (await getVerified('email', requireText('email', email))) !== null
    },

    async getUserByEmail(email: string): Promise<User | null> {
      return (await getVerified('email', requireText('email', email)))?.user ?? null
    },

    async getVerifiedIdentity(type: string, value: string): Promise<Account | null> {
      return getVerified(requireText('type', type), requireText('value', value))
    },

    async listUserIdentities(user: UserRef): Promise<Identity[]> {
      return store.identities.list(requireId('user', user))
    },

    async addUserIdentity(
      user: UserRef,
      attrs: { type: 'email' | 'phone'; value: string },
    ): Promise<Identity> {
      const userId = requireId('user', user)
      const { type, value } = requireObject('attrs', attrs)
      if (type !== 'email' && type !== 'phone')
        throw new TypeError("The type of an added identity must be 'email' or 'phone'.")
      const address = readAddress(context, type, requireString(type, value))
      if (address === null) throw invalidField(type, 'format')
      const added = await store.identities.add({ ...newClaim(context, type, address), userId })
      if (added === 'gone') throw gone('user')
      if (added === 'taken') throw invalidField(type, 'taken')
      return added.identity
    },

    async removeUserIdentity(user: UserRef, identity: IdentityRef): Promise<void> {
      const userId = requireId('user', user)
      const identityId = requireId('identity', identity)
      const outcome = await store.identities.remove(userId, identityId)
      if (outcome === 'gone') throw gone('identity')
      if (outcome === 'last') throw invalidField('identity', 'required')
    },
  }
}
