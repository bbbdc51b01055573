/**
 * The cookie with the name of the requesting browser and, for ten minutes after a sign-in or sign-out, its
 * previous name.
 *
 * Invariants: (1) a name is 128 random bits; (2) signing in or out changes the name, and everything that
 * begins later is bound to the new one, so that someone who read the old name gains nothing; (3) the previous
 * name counts until a time signed by this server, for flows begun under it: open forms, other tabs, a link in
 * transit.
 */

import type { HttpKeys } from './http-keys.js'

/** The names of a browser. */
export interface BrowserNames {
  readonly current: string
  /** The previous name, while it still counts. */
  readonly previous: string | null
}

type Keys = Pick<HttpKeys, 'mac' | 'isMac'>

const form = /^(?:[A-Za-z0-9_-]{22}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/
const purpose = 'browser name before'
/** How long the previous name still counts. */
export const previousNameMs = 10 * 60_000

/** Whether the text has the format of a browser name, of this release or an earlier one. */
export function isBrowserName(text: string): boolean {
  return form.test(text)
}

/** The value of the cookie: the name and, if there is one, the previous name with its expiry. */
export function writeBrowserNames(keys: Keys, { current, previous }: BrowserNames, now: number): string {
  if (previous === null) return current
  // The time may have a fraction, whose point would be confused with the cookie's separator.
  const until = Math.floor(now + previousNameMs).toString(36)
  const told = [current, previous, until].join('.')
  return `${told}.${keys.mac(purpose, told)}`
}

/** Parses the cookie; null if it contains no name. */
export function readBrowserNames(keys: Keys, value: string | null, now: number): BrowserNames | null {
  const [current = '', previous = '', until = '', mac = '', ...more] = (value ?? '').split('.')
  if (!isBrowserName(current) || more.length > 0) return null
  const isSigned = isBrowserName(previous) && keys.isMac(purpose, [current, previous, until].join('.'), mac)
  return { current, previous: isSigned && Number.parseInt(until, 36) > now ? previous : null }
}
