/**
 * Asking for a sign-in by a link or a code, for whoever may only be told that a message was sent (ASVS 5 6.3.8).
 *
 * Invariant: a known and an unknown address take the same one statement.
 */

import { invalidField } from '../base/index.js'
import type { Context } from './context.js'
import { newClaim, readAddress } from './identities.js'
import { requireObject, requireString } from './inputs.js'
import { readRequester } from './requester.js'
import type { Issued, RequestOptions } from './types.js'
import { mintVerification } from './verifications.js'

/** To where the secret of a sign-in is sent. */
export type SignInAddress =
  | { readonly email: string; readonly phone?: undefined }
  | { readonly phone: string; readonly email?: undefined }

/** The operations that ask for a sign-in. */
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
