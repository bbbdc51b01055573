/**
 * Finds the request that a redeemed secret was sent for, so that its pause ends and the same browser may
 * request again at once.
 */

import type { Verified } from '../core/index.js'
import type { Address } from './address.js'
import type { RedeemedRequest } from './limiter.js'

/** The request that this proof was sent for. */
export function redeemedRequestOf({ verification: { type, value } }: Verified): RedeemedRequest {
  return { purpose: type, address: { type: value.includes('@') ? 'email' : 'phone', value } }
}

/** The email address that was sent with a code; null if the input is a link. */
export function emailOf(input: object): Address | null {
  const { email }: { readonly email?: string } = input
  return email === undefined ? null : { type: 'email', value: email }
}
