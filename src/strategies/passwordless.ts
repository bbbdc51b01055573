/** What every strategy that sends a secret has in common: it finds or makes the identity, and asks for a sign-in. */

import type { Requested, StrategyContext } from './strategy.js'

/** Sends a secret for a sign-in, bound to the browser that asks. The answer is the same for every address. */
export async function askForSignIn(
  context: StrategyContext,
  type: 'email' | 'phone',
  value: string,
): Promise<Requested> {
  const { accounts, asker } = context
  const { identity } =
    type === 'email'
      ? await accounts.findOrCreateEmailIdentity(value)
      : await accounts.findOrCreatePhoneIdentity(value)
  const { codeLength } = await accounts.issueIdentityVerification(identity, 'sign_in', asker)
  return { status: 'sent', codeLength }
}
