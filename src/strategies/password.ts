/** Sign-in by email and password. */

import type { Strategy } from './strategy.js'

/**
 * The strategy `password`: sign-in by email and password, in one request.
 * @example
 * ```ts
 * createAuth({ strategies: [password()] })
 * ```
 */
export function password(): Strategy {
  return {
    id: 'password',
    name: 'Password',
    identity: 'email',
    kind: 'credential',
    fields: {
      request: [
        { name: 'email', type: 'email' },
        { name: 'password', type: 'password' },
      ],
    },
    async request({ accounts }, { email = '', password: typed = '' }) {
      const { user, authenticatedAt } = await accounts.authenticateWithPassword({ email, password: typed })
      return { status: 'proved', user, methods: ['password'], authenticatedAt }
    },
  }
}
