/**
 * A flow that began before a sign-in or sign-out can finish under either name of the browser
 * (`browser-name.ts`).
 */

import { AuthError } from '../base/index.js'
import type { Verified } from '../core/index.js'
import type { RequestContext } from './request-context.js'

function wasOfAnother(error: unknown): boolean {
  return AuthError.is(error, 'invalid_token') || AuthError.is(error, 'confirmation_required')
}

/**
 * Runs the work under the current name of this browser, and under the previous one if the secret is not valid
 * under the first.
 */
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
    // If neither name works, the error is that of the current name.
    return work(previous).catch((again: unknown) => {
      throw wasOfAnother(again) && AuthError.is(again, 'invalid_token') ? error : again
    })
  }
}

/** Returns the first result under one of this browser's names, or null. */
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

/** The options to redeem a secret for one browser, which may do it again after a fault. */
export interface ResumableFlow {
  readonly flow: string
  readonly resumable: true
}

/**
 * Redeems a secret that creates no session. The proof is kept until this node knows that it counted, so that
 * the same browser can continue after a fault in between.
 */
export async function proveUnderEitherName(
  context: RequestContext,
  redeem: (options: ResumableFlow) => Promise<Verified>,
): Promise<Verified> {
  const verified = await underEitherName(context, (browserName) =>
    redeem({ flow: browserName, resumable: true }),
  )
  const { proof, authenticatedAt } = verified
  if (proof === undefined) return verified
  // The effect of the proof is committed, so a later fault is not a failure. The proof then expires by
  // itself.
  const settled = await context.accounts.settleProof(proof, authenticatedAt).catch((fault: unknown) => {
    const error = fault instanceof Error ? fault.message : undefined
    context.engine.logger.warn(
      { error },
      'a proof was not settled: its browser can use it again until it expires',
    )
    return true
  })
  // The same browser sent it twice at the same time; only one of the two succeeds.
  if (!settled) throw new AuthError('invalid_token', { reason: 'proof_used_meanwhile' })
  return verified
}
