/** `latchkey/strategies`: the built-in sign-in strategies, and the types to write your own. */

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
