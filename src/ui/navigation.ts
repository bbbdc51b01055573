/**
 * What the browser state holds for the next page: a completed action, the path to return to, and what was
 * sent.
 *
 * Invariants: (1) a completed action is reported once; (2) the path to return to is local and used once.
 */

import { readReturnTo } from '../http/index.js'
import type { Address, BrowserStateData, Engine, Outcome, RequestContext } from '../http/index.js'
import type { VerificationSent } from '../contract/index.js'
import type { PageRenderer } from './page-renderer.js'
import type { DoneNotice } from './props.js'

/** The completed action, if it is one of these; reported once. */
export function takeDone<Name extends string>(context: RequestContext, names: readonly Name[]): Name | null {
  const { done } = context.browserState.read()
  if (done === undefined) return null
  context.browserState.write({ done: undefined })
  return names.find((name) => name === done) ?? null
}

/** The completed actions that features report. */
export function doneOf({ features }: PageRenderer): readonly DoneNotice[] {
  return features.flatMap(({ doneNotices = [] }) => doneNotices)
}

/** Stores where to go after the sign-in, if it is a local path. */
export function keepReturnTo(context: RequestContext, value: unknown): void {
  const returnTo = readReturnTo(value)
  if (returnTo !== null) context.browserState.write({ returnTo })
}

/** Where to go after the sign-in: the stored path, or the account. */
export function takeReturnTo(context: RequestContext, { paths }: PageRenderer): string {
  const { returnTo } = context.browserState.read()
  if (returnTo === undefined) return paths.account
  context.browserState.write({ returnTo: undefined })
  return returnTo
}

/** The number of digits of a code, if this browser does not know it. */
export function usualLength({ settings }: Engine): number {
  return Math.min(...settings.verification.codeLengths.digits)
}

/** Stores where a secret was sent. If it is the same place again, the next page says so. */
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

/**
 * Stores what a form sent, by the strategy or route `by`, with the length of its code. An address of the wrong
 * form was sent nothing.
 */
export function keepSentBy(
  context: RequestContext,
  by: string,
  { to, outcome }: { readonly to: Pick<Address, 'type' | 'value'> | null; readonly outcome: Outcome },
): void {
  const { codeLength } = ('body' in outcome ? outcome.body : {}) as Partial<VerificationSent>
  if (to !== null) keepSent(context, { by, ...to, ...(codeLength !== undefined && { codeLength }) })
}

/** Stores a completed action, which the next page reports. */
export function keepDone(context: RequestContext, done: string): void {
  context.browserState.write({ done, sent: undefined })
}
