/** Signing in by a link that is sent to an email (ASVS 5 6.6). */

import { askForSignIn } from './passwordless.js'
import type { Strategy } from './strategy.js'

/** The strategy `magic-link`: the link signs in the browser that asked for it. */
export function magicLink(): Strategy {
  return {
    id: 'magic-link',
    name: 'Email link',
    identity: 'email',
    kind: 'passwordless',
    fields: {
      request: [{ name: 'email', type: 'email' }],
      callback: [{ name: 'token', type: 'token' }],
    },
    request: (context, { email = '' }) => askForSignIn(context, 'email', email),
    async callback({ accounts, flow }, { token = '' }) {
      const verified = await accounts.verifyMagicLink(token, 'sign_in', { flow })
      const { user, authenticatedAt, verification: identity } = verified
      const { value } = identity
      return {
        status: 'proved',
        user,
        methods: ['magic-link'],
        authenticatedAt,
        identity: { type: 'email', value },
      }
    },
  }
}
