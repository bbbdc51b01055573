/**
 * The cookies: the session, the name of the browser, the name by which it is known, and its state from page
 * to page (RFC 6265bis).
 *
 * Invariants: (1) over https every name has the `__Host-` prefix, so that no other host and no path can set
 * one; (2) a name that occurs twice in a request with two values is ignored; (3) reading allocates only the
 * value.
 */

import { generateCookie } from 'hono/cookie'

/** Reads, sets and clears one cookie. */
export interface CookieKind {
  readonly name: string
  /** The value, or null if it is missing or ambiguous. */
  read(header: string | null): string | null
  /** Whether the request has a cookie of this name at all. */
  isIn(header: string | null): boolean
  /** A `Set-Cookie` header. Without an age the cookie ends with the browser. */
  set(value: string, maxAgeSeconds?: number): string
  clear(): string
}

/** The four cookies. */
export interface Cookies {
  readonly session: CookieKind
  readonly browser: CookieKind
  readonly browserState: CookieKind
  readonly known: CookieKind
}

// Every value of the name, each pair trimmed (RFC 6265 §5.4).
function* valuesOf(header: string, name: string): Generator<string> {
  let start = 0
  while (start < header.length) {
    const semicolon = header.indexOf(';', start)
    const end = semicolon === -1 ? header.length : semicolon
    let from = start
    while (header.charCodeAt(from) === 32) from++
    if (header.startsWith(name, from) && header.charCodeAt(from + name.length) === 61) {
      yield header.slice(from + name.length + 1, end).trimEnd()
    }
    start = end + 1
  }
}

function createCookie(name: string, secure: boolean): CookieKind {
  const attributes = { path: '/', httpOnly: true, sameSite: 'Lax', secure } as const

  return {
    name,

    read(header) {
      if (header === null) return null
      let found: string | null = null
      for (const value of valuesOf(header, name)) {
        if (found !== null && found !== value) return null
        found = value
      }
      return found
    },

    isIn: (header) => header !== null && !(valuesOf(header, name).next().done ?? false),

    set: (value, maxAgeSeconds) =>
      generateCookie(name, value, {
        ...attributes,
        ...(maxAgeSeconds !== undefined && { maxAge: maxAgeSeconds }),
      }),

    clear: () => generateCookie(name, '', { ...attributes, maxAge: 0 }),
  }
}

/** Creates the cookies of an application; `secure` means that it is served over https. */
export function createCookies(secure: boolean): Cookies {
  const prefix = secure ? '__Host-' : ''
  return {
    session: createCookie(`${prefix}latchkey`, secure),
    browser: createCookie(`${prefix}latchkey-flow`, secure),
    browserState: createCookie(`${prefix}latchkey-step`, secure),
    known: createCookie(`${prefix}latchkey-known`, secure),
  }
}
