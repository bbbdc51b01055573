/** The pages that a person opens. */

import { offersPasswords } from '../../http/index.js'
import type { RouteDefinition } from '../../http/index.js'
import type { Strategy } from '../../strategies/index.js'
import type { Desk } from '../desk.js'
import { showAccount } from '../screens/account.js'
import { showConfirm } from '../screens/confirm.js'
import { showSignedOut } from '../screens/ending.js'
import { showForgotPassword, showResetPassword } from '../screens/recovery.js'
import { openSignIn, openSignUp } from '../screens/sign-in.js'
import { openVerify } from '../screens/verify.js'
import { pageRoute } from './page.js'

const ofPasswords = new Set(['page.sign-up', 'page.forgot-password', 'page.reset-password'])

/** Their routes. Those of passwords are there with the strategy `password` alone. */
export function pageRoutes(desk: Desk, strategies: readonly Strategy[]): readonly RouteDefinition[] {
  const withPasswords = offersPasswords(strategies)
  return allPages(desk).filter(({ id }) => withPasswords || !ofPasswords.has(id))
}

function allPages(desk: Desk): readonly RouteDefinition[] {
  return [
    pageRoute({ id: 'page.sign-in', path: '/sign-in' }, (exchange, query) =>
      openSignIn(desk, exchange, query),
    ),
    pageRoute({ id: 'page.sign-up', path: '/sign-up' }, (exchange, query) =>
      openSignUp(desk, exchange, query),
    ),
    pageRoute({ id: 'page.verify', path: '/verify' }, (exchange) => openVerify(desk, exchange)),
    pageRoute({ id: 'page.forgot-password', path: '/forgot-password' }, (exchange) =>
      showForgotPassword(desk, exchange),
    ),
    pageRoute({ id: 'page.reset-password', path: '/reset-password' }, (exchange) =>
      showResetPassword(desk, exchange),
    ),
    pageRoute({ id: 'page.confirm', path: '/confirm' }, (exchange) => showConfirm(desk, exchange)),
    pageRoute({ id: 'page.account', path: '/account', access: 'session' }, (exchange) =>
      showAccount(desk, exchange),
    ),
    pageRoute({ id: 'page.signed-out', path: '/signed-out' }, (exchange, query) =>
      showSignedOut(desk, exchange, query),
    ),
  ]
}
