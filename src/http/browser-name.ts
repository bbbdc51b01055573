/**
 * The cookie that names the browser which asks: its name and, for ten minutes after a sign-in or a sign-out, the one before.
 *
 * Invariants: (1) a name is 128 random bits; (2) a new name is given when somebody signs in or out, and what is begun from
 * then on is bound to it alone, so that whoever read the old one has nothing of it; (3) the one before counts until a
 * moment that this server has signed, for what was begun under it: open forms, other tabs, a link that is on its way.
 */

import type { HttpKeys } from './http-keys.js'

/** The names of a browser. */
export interface BrowserNames {
  readonly current: string
  /** The one before, while it still counts. */
  readonly previous: string | null
}

type Keys = Pick<HttpKeys, 'mac' | 'isMac'>

const form = /^(?:[A-Za-z0-9_-]{22}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/
const purpose = 'browser name before'
/** How long the name before still counts. */
export const previousNameMs = 10 * 60_000

/** Whether the text is the name of a browser as we make it, or made it in earlier releases. */
export function isBrowserName(text: string): boolean {
  return form.test(text)
}

/** The value of the cookie: the name and, where there is one, the name before with the moment until which it counts. */
export function writeBrowserNames(keys: Keys, { current, previous }: BrowserNames, now: number): string {
  if (previous === null) return current
  // A moment may have a fraction, whose point would be one of the cookie's.
  const until = Math.floor(now + previousNameMs).toString(36)
  const told = [current, previous, until].join('.')
  return `${told}.${keys.mac(purpose, told)}`
}

/** The names that a cookie holds, or null where it holds none. */
export function readBrowserNames(keys: Keys, value: string | null, now: number): BrowserNames | null {
  const [current = '', previous = '', until = '', mac = '', ...more] = (value ?? '').split('.')
  if (!isBrowserName(current) || more.length > 0) return null
  const isSigned = isBrowserName(previous) && keys.isMac(purpose, [current, previous, until].join('.'), mac)
  return { current, previous: isSigned && Number.parseInt(until, 36) > now ? previous : null }
}
