/** The names of the request limits, which reasons, overrides and audit rows mention. Knows no numbers. */

/**
 * Every limit. A feature adds its own by `declare module`; the numbers of each are in the table of the HTTP
 * layer and in docs/limits.md.
 */
export interface Limits {
  /** Wrong passwords for one address, from one network that is unknown to its owner. */
  passwordStranger: true
  /** Wrong passwords for one address, in a browser that is known to its owner. */
  passwordKnown: true
  /** Wrong passwords for one address, from all unknown browsers. */
  passwordAddress: true
  /** Wrong passwords for one account in a row, after which unknown browsers can't use the password. */
  passwordInARow: true
  /** Sign-ins with a password from one network. */
  passwordNetwork: true
  /** Sign-ins with a password from all unknown browsers. */
  passwordGlobal: true
  /** Redemptions of links and codes from one network. */
  codeNetwork: true
  /** Redemptions of links and codes from all unknown browsers. */
  codeGlobal: true
  /** The pause between two messages that one network or known browser requests for one address. */
  messagePause: true
  /** Messages to one address that one unknown network requests. */
  messageStranger: true
  /** Messages to one address that one known browser requests. */
  messageKnown: true
  /** Messages to one address that all unknown browsers request. */
  messageAddress: true
  /** Messages to the phones of one calling code. */
  messageCountry: true
  /** Messages that one network requests. */
  messageNetwork: true
  /** Messages that all unknown browsers request. */
  messageGlobal: true
  /** Sign-ups from one network. */
  signUpNetwork: true
  /** Sign-ups from all networks. */
  signUpGlobal: true
  /** Browsers of one network that wait instead of solving a toll. */
  tollWait: true
}

/** The name of a limit. */
export type LimitName = keyof Limits
