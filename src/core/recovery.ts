/**
 * Recovery: a new password for whoever controls a verified address (ASVS 5 6.4, NIST SP 800-63B-4 §4.2).
 *
 * Invariants: (1) asking tells nothing: a known and an unknown address take the same statements; (2) a new password
 * that is refused spends nothing; (3) a recovery ends every session and cancels every other pending verification.
 */

import { AuthError } from '../base/index.js'
import type { Context } from './context.js'
import { normalizeEmail } from './email.js'
import { collectFaults, readFlow, requireObject, requireString } from './inputs.js'
import { judgePassword, judgeResemblance, toHashedForm } from './password.js'
import type { PasswordOwner, RedeemBy } from './ports.js'
import type { Verified } from './types.js'
import { judgeCode, mintVerification, readCode, readLink, settleRedemption } from './verifications.js'
import type { FlowOption, JudgedCode } from './verifications.js'

// What can't be an address takes the same statements; this one is nobody's.
const nowhere = { value: '', key: '' }

/** By which secret a password is reset. */
export type ResetSecret =
  | { readonly email: string; readonly code: string; readonly token?: undefined }
  | { readonly token: string; readonly email?: undefined; readonly code?: undefined }

function toSubject(owner: PasswordOwner) {
  return { addresses: owner.addresses, names: [owner.user.name, owner.user.username] }
}

/** The recovery operations. */
export function createRecovery(context: Context) {
  const { store, hasher, announcer } = context

  async function owner(by: RedeemBy): Promise<PasswordOwner> {
    const found = await store.verifications.peek('recovery', by)
    if (found === 'confirmation_required') throw new AuthError('confirmation_required')
    if (found === null) throw new AuthError('invalid_token', { reason: 'unknown_expired_or_used' })
    return found
  }

  async function redeem(by: RedeemBy, password: string): Promise<Verified> {
    const hash = await hasher.hash(toHashedForm(password))
    const redeemed = await store.verifications.redeem('recovery', by, { hash })
    const verified = await settleRedemption(context, 'recovery', redeemed)
    announcer.announce({ type: 'password.changed', userId: verified.user.id })
    return verified
  }

  async function resetByLink(token: unknown, flow: string | null, password: string): Promise<Verified> {
    const by = readLink(context, token, flow)
    const subject = toSubject(await owner(by))
    collectFaults(await judgePassword(context, password, subject))
    return redeem(by, password)
  }

  async function resetByCode(
    secret: { email: unknown; code: unknown },
    flow: string | null,
    password: string,
  ): Promise<Verified> {
    const email = requireString('email', secret.email)
    const attempt = readCode(context, { code: secret.code, value: email, flow }, 'recovery')
    // What can be judged without knowing the person is judged first, so that it neither costs a guess nor tells one.
    collectFaults(await judgePassword(context, password, { addresses: [attempt.valueKey], names: [] }))
    const judged = await judgeCode(context, secret.code as string, attempt)
    await refuseResembling(judged, password)
    return redeem(judged.by, password)
  }

  async function refuseResembling(judged: JudgedCode, password: string): Promise<void> {
    const fault = judgeResemblance(context, password, toSubject(await owner(judged.by)))
    if (fault === null) return
    await store.verifications.refundAttempt(judged.attempt, judged.ids)
    collectFaults(fault)
  }

  return {
    async requestPasswordRecovery(email: string, options: FlowOption = {}): Promise<void> {
      const address = normalizeEmail(requireString('email', email)) ?? nowhere
      const minted = mintVerification(context, 'recovery', readFlow(options))
      const { userId } = await store.verifications.issueRecovery(
        { value: address.value, valueKey: address.key },
        minted,
      )
      announcer.announce({ type: 'recovery.requested', userId })
      announcer.queued()
    },

    async resetPassword(secret: ResetSecret, password: string, options: FlowOption = {}): Promise<Verified> {
      const { token, email, code } = requireObject('secret', secret)
      const flow = readFlow(options)
      const next = requireString('password', password)
      return token === undefined ? resetByCode({ email, code }, flow, next) : resetByLink(token, flow, next)
    },
  }
}
