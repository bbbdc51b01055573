/**
 * Verifies a user's new address, if the host lets users change it: `addUserIdentity`, then a verification
 * `email_change`.
 */

import { linkCallbackInput, statusSchema } from '../../contract/index.js'
import type { RouteDefinition } from '../../http/index.js'
import { defineRoute, openLinkRoute, proveUnderEitherName, tokenOf } from '../../http/index.js'

const callbackRoute = defineRoute({
  id: 'email-change.callback',
  method: 'POST',
  path: '/email-change/callback',
  access: 'public',
  summary: 'Prove a new address, which takes the place of the old one',
  input: linkCallbackInput,
  answers: { 200: { description: 'The address is changed.', schema: statusSchema('verified') } },
  action: { strategy: 'email-change', action: 'callback' },
  redeemsLink: true,
  async handle(context, input) {
    const { engine, browserState } = context
    const token = tokenOf(browserState, 'email_change', input.token)
    const attempt = await engine.limiter.secret(context.limited, null)
    await attempt.judge(() =>
      proveUnderEitherName(context, (kept) => context.accounts.verifyMagicLink(token, 'email_change', kept)),
    )
    browserState.write({ link: undefined })
    return { status: 200, body: { status: 'verified' } }
  },
})

export const routes: readonly RouteDefinition[] = [
  openLinkRoute('email-change.open', '/email-change/callback', 'email_change'),
  callbackRoute,
]
