/**
 * Where a successful form leads: always to another page by GET, so that back and reload repeat nothing.
 *
 * Invariant: the next page is the same for every address.
 */

import type { VerificationSent } from '../contract/index.js'
import { addressIn } from '../http/index.js'
import type { RequestContext, Outcome, RouteDefinition } from '../http/index.js'
import type { Strategy } from '../strategies/index.js'
import type { PageRenderer } from './page-renderer.js'
import { keepSent, takeReturnTo } from './navigation.js'

// After validation every field of these forms is a string.
type Input = Readonly<Record<string, string | undefined>>

interface Sent {
  readonly input: Input
  readonly outcome: Outcome
}

/** Finds the next page. */
export type NextPage = (
  context: RequestContext,
  route: RouteDefinition,
  result: { readonly input: unknown; readonly outcome: Outcome },
) => Promise<string>

/** Creates the function that finds the next page, for these strategies. */
export function createNextPage(renderer: PageRenderer, strategies: readonly Strategy[]): NextPage {
  const { paths } = renderer

  function afterSending(context: RequestContext, by: string, { input, outcome }: Sent): void {
    const strategy = strategies.find(({ id }) => id === by)
    const email = { type: 'email', value: input['email'] ?? '' } as const
    const to = strategy === undefined ? email : addressIn(strategy.fields.request, input)
    const { codeLength } = ('body' in outcome ? outcome.body : {}) as Partial<VerificationSent>
    if (to !== null) keepSent(context, { by, ...to, ...(codeLength !== undefined && { codeLength }) })
  }

  function tell(context: RequestContext, done: string): void {
    context.browserState.write({ done, sent: undefined })
  }

  return async (context, route, { input, outcome }) => {
    if (outcome.status === 303) return outcome.location
    const typed = (input ?? {}) as Input
    switch (route.id) {
      case 'sign-up':
      case 'verification.request':
        afterSending(context, 'verification', { input: typed, outcome })
        return paths.verify
      case 'verification.callback':
        tell(context, 'address_confirmed')
        return paths.signIn
      case 'recovery.request':
        afterSending(context, 'recovery', { input: typed, outcome })
        return paths.resetPassword
      case 'recovery.callback':
        tell(context, 'password_set')
        return paths.signIn
      case 'email-change.callback':
        tell(context, 'address_changed')
        return (await context.scope()) === null ? paths.signIn : paths.account
      case 'magic-link.approve':
        tell(context, 'approved')
        return paths.confirm
      case 'magic-link.end': {
        const { status } = ('body' in outcome ? outcome.body : {}) as { readonly status?: string }
        tell(context, status === 'ended' ? 'session_ended_by_link' : 'session_already_ended')
        return paths.endApproved
      }
      case 'magic-link.finish':
        return outcome.status === 202 ? paths.verify : takeReturnTo(context, renderer)
      default: {
        const sent = outcome.status === 202 && strategies.find(({ id }) => route.id === `${id}.request`)
        if (!sent) return takeReturnTo(context, renderer)
        afterSending(context, sent.id, { input: typed, outcome })
        return paths.verify
      }
    }
  }
}
