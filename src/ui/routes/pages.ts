/** The pages that a person opens. */

import { offersPasswords } from '../../http/index.js'
import type { RouteDefinition } from '../../http/index.js'
import type { Strategy } from '../../strategies/index.js'
import type { PageRenderer } from '../page-renderer.js'
import { showAccount } from '../screens/account.js'
import { showConfirm } from '../screens/confirm.js'
import { showEndSession } from '../screens/end-session.js'
import { showSignedOut } from '../screens/ending.js'
import { openSignIn, openSignUp } from '../screens/sign-in.js'
import { openVerify } from '../screens/verify.js'
import { pageRoute } from './page.js'

const ofPasswords = new Set(['page.sign-up'])

/** The routes of these pages. Those of passwords exist only with the strategy `password`. */
export function pageRoutes(
  renderer: PageRenderer,
  strategies: readonly Strategy[],
): readonly RouteDefinition[] {
  const withPasswords = offersPasswords(strategies)
  return allPages(renderer).filter(({ id }) => withPasswords || !ofPasswords.has(id))
}

function allPages(renderer: PageRenderer): readonly RouteDefinition[] {
  return [
    pageRoute({ id: 'page.sign-in', path: '/sign-in' }, (context, query) =>
      openSignIn(renderer, context, query),
    ),
    pageRoute({ id: 'page.sign-up', path: '/sign-up' }, (context, query) =>
      openSignUp(renderer, context, query),
    ),
    pageRoute({ id: 'page.verify', path: '/verify' }, (context) => openVerify(renderer, context)),
    pageRoute({ id: 'page.confirm', path: '/confirm' }, (context) => showConfirm(renderer, context)),
    pageRoute({ id: 'page.account', path: '/account', access: 'session' }, (context) =>
      showAccount(renderer, context),
    ),
    pageRoute({ id: 'page.end-session', path: '/end-session' }, (context) =>
      showEndSession(renderer, context),
    ),
    pageRoute({ id: 'page.signed-out', path: '/signed-out' }, (context, query) =>
      showSignedOut(renderer, context, query),
    ),
  ]
}
