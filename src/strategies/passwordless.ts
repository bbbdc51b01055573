/** What every strategy that sends a secret has in common: it asks for a sign-in at an address. */

import type { Requested, StrategyContext } from './strategy.js'

/** Sends a secret for a sign-in, bound to the browser that asks. The answer is the same for every address. */
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
