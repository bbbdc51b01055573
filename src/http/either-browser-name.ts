/** What was begun before a sign-in or a sign-out is finished under either name of the browser (`browser-name.ts`). */

import { AuthError } from '../base/index.js'
import type { Verified } from '../core/index.js'
import type { RequestContext } from './request-context.js'

function wasOfAnother(error: unknown): boolean {
  return AuthError.is(error, 'invalid_token') || AuthError.is(error, 'confirmation_required')
}

/** Does it under the name of this browser, and under the one before where the secret is of no use under that. */
export async function underEitherName<T>(
  context: RequestContext,
  work: (browserName: string) => Promise<T>,
): Promise<T> {
  const current = context.browserName()
  const [previous] = context.browserNames().filter((browserName) => browserName !== current)
  if (previous === undefined) return work(current)
  try {
    return await work(current)
  } catch (error) {
    if (!wasOfAnother(error)) throw error
    // What is of no use under either name is refused as under the new one.
    return work(previous).catch((again: unknown) => {
      throw wasOfAnother(again) && AuthError.is(again, 'invalid_token') ? error : again
    })
  }
}

/** What it gives under the first of the names of this browser that has it, or null. */
export async function findUnderEitherName<T>(
  context: RequestContext,
  find: (browserName: string) => Promise<T | null>,
): Promise<T | null> {
  for (const browserName of context.browserNames()) {
    const found = await find(browserName)
    if (found !== null) return found
  }
  return null
}

/** How a secret is redeemed for one browser, which may do it again after a fault. */
export interface ResumableFlow {
  readonly flow: string
  readonly resumable: true
}

/**
 * Redeems what leads to no session. The proof is kept until this node knows that it counted, so that the same browser can
 * go on after a fault in between.
 */
export async function proveUnderEitherName(
  context: RequestContext,
  redeem: (options: ResumableFlow) => Promise<Verified>,
): Promise<Verified> {
  const verified = await underEitherName(context, (browserName) => redeem({ flow: browserName, resumable: true }))
  const { proof, authenticatedAt } = verified
  if (proof === undefined) return verified
  // What it was given for is committed, so a fault from here on is no failure. The proof then ends by itself.
  const settled = await context.accounts.settleProof(proof, authenticatedAt).catch((fault: unknown) => {
    const error = fault instanceof Error ? fault.message : undefined
    context.engine.logger.warn(
      { error },
      'a proof was not settled: its browser may give it again until it ends',
    )
    return true
  })
  // The same browser gave it twice at the same time: of these, one is told that it counted.
  if (!settled) throw new AuthError('invalid_token', { reason: 'proof_used_meanwhile' })
  return verified
}
