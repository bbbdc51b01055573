/** Signing in by a link that is sent to an email (ASVS 5 6.6). */

import { askForSignIn } from './passwordless.js'
import type { Strategy } from './strategy.js'

/**
 * The strategy `magic-link`: the link signs in the browser that asked for it. Opened in another, it lets its holder finish
 * where it was asked for, by the number that stands there; `approvals: false` turns that off.
 */
export function magicLink({ approvals = true }: { readonly approvals?: boolean | undefined } = {}): Strategy {
  if (typeof approvals !== 'boolean') throw new TypeError('magicLink: approvals is true or false.')
  return {
    id: 'magic-link',
    name: 'Email link',
    identity: 'email',
    kind: 'passwordless',
    approvals,
    fields: {
      request: [{ name: 'email', type: 'email' }],
      callback: [{ name: 'token', type: 'token' }],
    },
    request: (context, { email = '' }) => askForSignIn(context, 'email', email),
    async callback({ accounts, flow }, { token = '' }) {
      const verified = await accounts.verifyMagicLink(token, 'sign_in', { flow, resumable: true })
      const { user, authenticatedAt, proof, verification: identity } = verified
      const { value } = identity
      return {
        status: 'proved',
        user,
        methods: ['magic-link'],
        authenticatedAt,
        proof,
        identity: { type: 'email', value },
      }
    },
  }
}
