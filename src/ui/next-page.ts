/**
 * Where a successful form leads: always to another page by GET, so that back and reload repeat nothing.
 *
 * Invariant: the next page is the same for every address.
 */

import { addressIn } from '../http/index.js'
import type { RequestContext, Outcome, RouteDefinition } from '../http/index.js'
import type { Strategy } from '../strategies/index.js'
import type { NextPageOf, SucceededForm } from './feature-pages.js'
import type { PageRenderer } from './page-renderer.js'
import { keepDone, keepSentBy, takeReturnTo } from './navigation.js'

/** Finds the next page. */
export type NextPage = (
  context: RequestContext,
  route: RouteDefinition,
  result: { readonly input: unknown; readonly outcome: Outcome },
) => Promise<string>

/** Creates the function that finds the next page, for these strategies. */
export function createNextPage(renderer: PageRenderer, strategies: readonly Strategy[]): NextPage {
  const { paths } = renderer
  const ofFeatures: Partial<Record<string, NextPageOf>> = Object.fromEntries(
    renderer.features.flatMap(({ next }) => Object.entries(next?.(renderer) ?? {})),
  )

  function afterSending(context: RequestContext, by: string, { input, outcome }: SucceededForm): void {
    const strategy = strategies.find(({ id }) => id === by)
    const email = { type: 'email', value: input['email'] ?? '' } as const
    keepSentBy(context, by, {
      to: strategy === undefined ? email : addressIn(strategy.fields.request, input),
      outcome,
    })
  }

  return async (context, route, { input, outcome }) => {
    if (outcome.status === 303) return outcome.location
    const typed = (input ?? {}) as SucceededForm['input']
    const own = ofFeatures[route.id]
    if (own !== undefined) return own(context, { input: typed, outcome })
    switch (route.id) {
      case 'sign-up':
      case 'verification.request':
        afterSending(context, 'verification', { input: typed, outcome })
        return paths.verify
      case 'verification.callback':
        keepDone(context, 'address_confirmed')
        return paths.signIn
      case 'magic-link.approve':
        keepDone(context, 'approved')
        return paths.confirm
      case 'magic-link.end': {
        const { status } = ('body' in outcome ? outcome.body : {}) as { readonly status?: string }
        keepDone(context, status === 'ended' ? 'session_ended_by_link' : 'session_already_ended')
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
