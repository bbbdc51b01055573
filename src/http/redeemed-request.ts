/** Which request a redeemed secret answers, so that its pause ends and the same browser may ask again at once. */

import type { Verified } from '../core/index.js'
import type { Address } from './address.js'
import type { RedeemedRequest } from './limiter.js'

/** The request that this proof answers. */
export function redeemedRequestOf({ verification: { type, value } }: Verified): RedeemedRequest {
  return { purpose: type, address: { type: value.includes('@') ? 'email' : 'phone', value } }
}

/** The email beside a code; null where the input is a link. */
export function emailOf(input: object): Address | null {
  const { email }: { readonly email?: string } = input
  return email === undefined ? null : { type: 'email', value: email }
}
