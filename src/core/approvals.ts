/**
 * A link that was opened in another browser than the one that requested it: shows what it would do, and lets
 * its holder approve the waiting browser by typing a number that only that browser shows (NIST SP 800-63B-4
 * §3.1.3).
 *
 * Invariants: (1) looking at a link leaves it usable; (2) an attempt at the number is counted, and the count
 * committed, before the number is compared; (3) an approval signs in only the browser that requested the
 * link, once.
 */

import { AuthError, invalidField } from '../base/index.js'
import type { Context } from './context.js'
import { readFlow, requireObject, requireString } from './inputs.js'
import type { FlowOption, MagicLinkRequest, PendingSignIn, VerificationType, Verified } from './types.js'
import {
  readHolder,
  readLink,
  refuseSecret,
  requireVerificationType,
  settleRedemption,
  underUnknownKey,
} from './verifications.js'

const numberForm = /^[0-9]{2}$/

/** The approval operations. */
export function createApprovals(context: Context) {
  const { store, secrets } = context

  function readWaiting(options: unknown): Uint8Array {
    return secrets.hashFlow(requireString('flow', requireObject('options', options)['flow']))
  }

  return {
    async getMagicLinkRequest(
      token: string,
      type: VerificationType,
      options: FlowOption = {},
    ): Promise<MagicLinkRequest | null> {
      const purpose = requireVerificationType(context, type)
      const flow = readFlow(options)
      const linkHash = secrets.readLinkToken(requireString('token', token))
      if (linkHash === null) return null
      const flowHash = flow === null ? null : secrets.hashFlow(flow)
      return store.approvals.describe(purpose, { linkHash, flowHash })
    },

    async getPendingSignIn(options: { flow: string }): Promise<PendingSignIn | null> {
      const flowHash = readWaiting(options)
      const pending = await store.approvals.findPending(flowHash)
      if (pending === null) return null
      const number = secrets.matchNumber(pending, flowHash)
      if (number === null) throw underUnknownKey()
      return { number, expiresAt: pending.expiresAt, approved: pending.approved }
    },

    async approveMagicLink(token: string, number: string): Promise<void> {
      const { linkHash } = readLink(context, token, null)
      const typed = requireString('number', number)
      if (!numberForm.test(typed)) throw invalidField('number', 'format')
      if (context.inTransaction) {
        throw new TypeError(
          'Call approveMagicLink outside of your transaction: the attempt must stay counted if you roll back.',
        )
      }
      const counted = await store.approvals.countMatch(linkHash, secrets.keyVersions)
      if (counted === 'unreadable') throw underUnknownKey()
      if (counted === null)
        throw await refuseSecret(context, 'sign_in', { reason: 'approval_unknown_or_exhausted' })
      if (secrets.matchNumber(counted, counted.flowHash) !== typed) {
        await refuseSecret(context, 'sign_in', { reason: 'number_wrong' })
        throw invalidField('number', 'mismatch')
      }
      const approved = await store.approvals.approve(counted.id)
      if (approved === null) throw new AuthError('invalid_token', { reason: 'used_meanwhile' })
    },

    async redeemApprovedSignIn(options: {
      flow: string
      resumable?: boolean | undefined
    }): Promise<Verified | null> {
      const by = { kind: 'approved', flowHash: readWaiting(options) } as const
      const holder = readHolder(context, options)
      const redeemed = await store.verifications.redeem('sign_in', by, { newPassword: null, holder })
      // The browser polls, so "not approved yet" is not an error.
      if (redeemed.outcome === 'invalid') return null
      const verified = await settleRedemption(context, 'sign_in', redeemed)
      return holder === null ? verified : { ...verified, proof: verified.verification.id }
    },
  }
}
