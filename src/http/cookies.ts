/** The two cookies: the session, and the name of the browser that asks. */

import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

/** The names; with the `__Host-` prefix wherever the browser accepts it (RFC 6265bis §4.1.3.2). */
export interface CookieJar {
  session(c: Context): string | undefined
  setSession(c: Context, token: string): void
  clearSession(c: Context): void
  /** The flow of this browser, which is made at the first question. */
  flow(c: Context): string
}

/** A jar; `secure` says that the application is served by https. */
export function createCookieJar(secure: boolean, newFlow: () => string): CookieJar {
  const prefix = secure ? '__Host-' : ''
  const sessionName = `${prefix}latchkey`
  const flowName = `${prefix}latchkey-flow`
  const attributes = { path: '/', httpOnly: true, sameSite: 'Lax', secure } as const

  return {
    session: (c) => getCookie(c, sessionName),
    setSession: (c, token) => setCookie(c, sessionName, token, attributes),
    clearSession: (c) => void deleteCookie(c, sessionName, attributes),
    flow(c) {
      const known = getCookie(c, flowName)
      if (known !== undefined && /^[0-9a-f-]{36}$/.test(known)) return known
      const fresh = newFlow()
      setCookie(c, flowName, fresh, attributes)
      return fresh
    },
  }
}
