/**
 * Signing up with email and password. The requester only learns that a message was sent (ASVS 5 6.3).
 *
 * Invariants: (1) a free and a taken address cost the same hash and the same statement; (2) a verification is
 * sent again only for the claim that this same browser requested; (3) whoever finishes a sign-up in another
 * browser sets the password.
 */

import type { Context } from './context.js'
import { normalizeEmail, nowhere } from './email.js'
import { judgeClaim, prepareClaim } from './identities.js'
import { readFlow, requireString } from './inputs.js'
import { setByLink } from './new-password.js'
import { readRequester } from './requester.js'
import type { FlowOption, Issued, RepeatOptions, RequestOptions, Verified } from './types.js'
import { mintVerification, readHolder, readLink } from './verifications.js'

/** The sign-up operations. */
export function createSignUps(context: Context) {
  const { store, announcer, secrets } = context

  function hashPrevious({ previousFlow }: RepeatOptions): Uint8Array | null {
    const flow = readFlow({ flow: previousFlow })
    return flow === null ? null : secrets.hashFlow(flow)
  }

  return {
    async judgeSignUp(attrs: { email: string; password: string }): Promise<void> {
      await judgeClaim(context, attrs)
    },

    async requestSignUp(
      attrs: { email: string; password: string },
      options: RequestOptions = {},
    ): Promise<Issued> {
      const request = readRequester(options)
      const { claim, hash } = await prepareClaim(context, attrs)
      const minted = mintVerification(context, 'email', request)
      const created = await store.signUps.create(claim, hash, minted)
      announcer.queued()
      return { codeLength: created.codeLength }
    },

    async requestSignUpAgain(email: string, options: RepeatOptions = {}): Promise<Issued> {
      const address = normalizeEmail(requireString('email', email)) ?? nowhere
      const minted = mintVerification(context, 'email', readRequester(options))
      const { codeLength } = await store.signUps.repeat(
        { value: address.value, valueKey: address.key, previousFlowHash: hashPrevious(options) },
        minted,
      )
      announcer.queued()
      return { codeLength }
    },

    async verifySignUpWithPassword(
      token: string,
      password: string,
      options: FlowOption = {},
    ): Promise<Verified> {
      const { linkHash } = readLink(context, token, null)
      const secret = {
        type: 'email',
        by: { kind: 'signUp', linkHash },
        holder: readHolder(context, options),
      } as const
      return setByLink(context, secret, requireString('password', password))
    },
  }
}
