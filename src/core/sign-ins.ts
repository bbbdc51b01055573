/**
 * Requesting a sign-in link or code. The requester only learns that a message was sent (ASVS 5 6.3.8).
 *
 * Invariant: a known and an unknown address run the same single statement.
 */

import { invalidField } from '../base/index.js'
import type { Context } from './context.js'
import { newClaim, readAddress } from './identities.js'
import { requireObject, requireString } from './inputs.js'
import { readRequester } from './requester.js'
import type { Issued, RequestOptions } from './types.js'
import { mintVerification } from './verifications.js'

/** The address that a sign-in link or code is sent to. */
export type SignInAddress =
  | { readonly email: string; readonly phone?: undefined }
  | { readonly phone: string; readonly email?: undefined }

/** The operations that request a sign-in. */
export function createSignIns(context: Context) {
  const { store, announcer } = context

  return {
    async requestSignIn(address: SignInAddress, options: RequestOptions = {}): Promise<Issued> {
      const { email, phone } = requireObject('address', address)
      const type = phone === undefined ? 'email' : 'phone'
      const request = readRequester(options)
      const found = readAddress(context, type, requireString(type, phone ?? email))
      if (found === null) throw invalidField(type, 'format')
      const minted = mintVerification(context, 'sign_in', request)
      const { codeLength } = await store.signIns.request(newClaim(context, type, found), minted)
      announcer.queued()
      return { codeLength }
    },
  }
}
