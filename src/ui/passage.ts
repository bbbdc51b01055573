/**
 * Where a person goes next: what a page tells once, where a sign-in leads, and what was sent.
 *
 * Invariants: (1) what was done is told once; (2) a place to return to is local, and is used once.
 */

import { readReturnTo } from '../http/index.js'
import type { Engine, Exchange, StepState } from '../http/index.js'
import type { Desk } from './desk.js'

/** What was done before, if it is one of these; told once. */
export function takeDone<Name extends string>(exchange: Exchange, names: readonly Name[]): Name | null {
  const { done } = exchange.step.read()
  if (done === undefined) return null
  exchange.step.write({ done: undefined })
  return names.find((name) => name === done) ?? null
}

/** Keeps where to go after the sign-in, where that is a place of ours. */
export function keepReturnTo(exchange: Exchange, value: unknown): void {
  const returnTo = readReturnTo(value)
  if (returnTo !== null) exchange.step.write({ returnTo })
}

/** Where to go once somebody is signed in: where they came from, or the account. */
export function takeReturnTo(exchange: Exchange, { paths }: Desk): string {
  const { returnTo } = exchange.step.read()
  if (returnTo === undefined) return paths.account
  exchange.step.write({ returnTo: undefined })
  return returnTo
}

/** How many digits a code has where this browser does not know. */
export function usualLength({ settings }: Engine): number {
  return Math.min(...settings.verification.codeLengths.digits)
}

/** Remembers where a secret was sent; a second time to the same place is told on the next page. */
export function keepSent(exchange: Exchange, sent: Omit<NonNullable<StepState['sent']>, 'at'>): void {
  const { step, engine } = exchange
  const before = step.read().sent
  const isAgain = before !== undefined && before.by === sent.by && before.value === sent.value
  step.write({
    sent: { ...sent, at: engine.now() },
    link: undefined,
    done: isAgain ? 'sent_again' : undefined,
  })
}
