/** The step that all passwordless strategies share: requesting a sign-in secret for an address. */

import type { Requested, StrategyContext } from './strategy.js'

/** Sends a sign-in secret bound to the requesting browser. The result is the same for every address. */
export async function askForSignIn(
  context: StrategyContext,
  type: 'email' | 'phone',
  value: string,
): Promise<Requested> {
  const { accounts, requester } = context
  const address = type === 'email' ? { email: value } : { phone: value }
  const { codeLength } = await accounts.requestSignIn(address, requester)
  return { status: 'sent', codeLength }
}
