/**
 * Setting a new password with a link or a code (ASVS 5 6.2 and 6.4).
 *
 * Invariants: (1) if the password is rejected, the secret stays usable; (2) one statement redeems the secret
 * and sets the password with all its effects.
 */

import { AuthError } from '../base/index.js'
import type { Context } from './context.js'
import { collectFaults } from './inputs.js'
import type { PasswordSubject } from './password.js'
import { judgeBreach, judgePassword, toHashedForm } from './password.js'
import type { RedeemBy } from './ports/index.js'
import type { VerificationType, Verified } from './types.js'
import { redeemSecret } from './verifications.js'

/** The ways to redeem a secret together with a new password. */
export type PasswordSecret = Exclude<RedeemBy, { readonly kind: 'approved' }>

/** Such a secret, its purpose, and the browser that its proof is kept for. */
export interface HeldSecret {
  readonly type: VerificationType
  readonly by: PasswordSecret
  readonly holder: Uint8Array | null
}

/**
 * The owner, whose name and addresses the new password must not resemble.
 * @throws AuthError `invalid_token`, `confirmation_required`
 */
export async function findSubject(
  { store }: Context,
  { type, by, holder }: HeldSecret,
): Promise<PasswordSubject> {
  const owner = await store.verifications.peek(type, by, holder)
  if (owner === 'confirmation_required') throw new AuthError('confirmation_required')
  if (owner === null) throw new AuthError('invalid_token', { reason: 'unknown_expired_or_used' })
  return { addresses: owner.addresses, names: [owner.user.name, owner.user.username] }
}

/**
 * Redeems the secret and sets the password, which is already validated.
 * @throws AuthError as `redeemSecret`
 */
export async function redeemWithPassword(
  context: Context,
  secret: HeldSecret,
  password: string,
): Promise<Verified> {
  const newPassword = await context.hasher.hash(toHashedForm(password))
  return redeemSecret(context, secret, { newPassword, holder: secret.holder })
}

/**
 * Validates the password for the owner of a link, then redeems the link with it.
 * @throws AuthError `input_invalid`, and as above
 */
export async function setByLink(context: Context, secret: HeldSecret, password: string): Promise<Verified> {
  const subject = await findSubject(context, secret)
  collectFaults(await judgePassword(context, password, subject))
  collectFaults(await judgeBreach(context, password))
  return redeemWithPassword(context, secret, password)
}
