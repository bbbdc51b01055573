/** Sign-in by a link sent to an email address (ASVS 5 6.6). */

import { askForSignIn } from './passwordless.js'
import type { Strategy } from './strategy.js'

/**
 * The strategy `magic-link`: sign-in by a link sent to an email address. The link signs in the browser that
 * requested it. Opened in another browser, it can approve that sign-in: the person enters the number that the
 * requesting browser shows. `approvals: false` turns approvals off.
 * @default `approvals`: true
 * @example
 * ```ts
 * createAuth({ strategies: [password(), magicLink({ approvals: false })] })
 * ```
 * @throws TypeError if `approvals` is not a boolean
 */
export function magicLink({ approvals = true }: { readonly approvals?: boolean | undefined } = {}): Strategy {
  if (typeof approvals !== 'boolean') throw new TypeError('magicLink: approvals must be true or false.')
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
