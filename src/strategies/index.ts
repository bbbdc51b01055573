/** `latchkey/strategies`: the ways to sign in that ship, and what a host needs to write its own. */

export { magicLink } from './magic-link.js'
export { emailOtp, smsOtp, whatsapp } from './one-time-code.js'
export { password } from './password.js'
export type {
  Requester,
  Proved,
  Requested,
  Strategy,
  StrategyContext,
  StrategyField,
  StrategyInput,
} from './strategy.js'
