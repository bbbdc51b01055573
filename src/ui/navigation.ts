/**
 * Where a person goes next: what a page tells once, where a sign-in leads, and what was sent.
 *
 * Invariants: (1) what was done is told once; (2) a place to return to is local, and is used once.
 */

import { readReturnTo } from '../http/index.js'
import type { Engine, RequestContext, BrowserStateData } from '../http/index.js'
import type { PageRenderer } from './page-renderer.js'

/** What was done before, if it is one of these; told once. */
export function takeDone<Name extends string>(context: RequestContext, names: readonly Name[]): Name | null {
  const { done } = context.browserState.read()
  if (done === undefined) return null
  context.browserState.write({ done: undefined })
  return names.find((name) => name === done) ?? null
}

/** Keeps where to go after the sign-in, where that is a place of ours. */
export function keepReturnTo(context: RequestContext, value: unknown): void {
  const returnTo = readReturnTo(value)
  if (returnTo !== null) context.browserState.write({ returnTo })
}

/** Where to go once somebody is signed in: where they came from, or the account. */
export function takeReturnTo(context: RequestContext, { paths }: PageRenderer): string {
  const { returnTo } = context.browserState.read()
  if (returnTo === undefined) return paths.account
  context.browserState.write({ returnTo: undefined })
  return returnTo
}

/** How many digits a code has where this browser does not know. */
export function usualLength({ settings }: Engine): number {
  return Math.min(...settings.verification.codeLengths.digits)
}

/** Remembers where a secret was sent; a second time to the same place is told on the next page. */
export function keepSent(
  context: RequestContext,
  sent: Omit<NonNullable<BrowserStateData['sent']>, 'at'>,
): void {
  const { browserState, engine } = context
  const before = browserState.read().sent
  const isAgain = before !== undefined && before.by === sent.by && before.value === sent.value
  browserState.write({
    sent: { ...sent, at: engine.now() },
    link: undefined,
    done: isAgain ? 'sent_again' : undefined,
  })
}
