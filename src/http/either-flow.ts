/** What was begun before a sign-in or a sign-out is finished under either name of the browser (`browser-name.ts`). */

import { AuthError } from '../base/index.js'
import type { Exchange } from './exchange.js'

function wasOfAnother(error: unknown): boolean {
  return AuthError.is(error, 'invalid_token') || AuthError.is(error, 'confirmation_required')
}

/** Does it under the name of this browser, and under the one before where the secret is of no use under that. */
export async function inEitherFlow<T>(exchange: Exchange, work: (flow: string) => Promise<T>): Promise<T> {
  const current = exchange.flow()
  const [previous] = exchange.flows().filter((flow) => flow !== current)
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
export async function findInEitherFlow<T>(
  exchange: Exchange,
  find: (flow: string) => Promise<T | null>,
): Promise<T | null> {
  for (const flow of exchange.flows()) {
    const found = await find(flow)
    if (found !== null) return found
  }
  return null
}
