/** Reads the session token of a request. */

import type { Cookies } from './cookies.js'

const bearer = /^Bearer ([A-Za-z0-9_-]{1,128})$/i

/** The token in the cookie or, for native clients if enabled, in `Authorization: Bearer` (RFC 6750 §2.1). */
export function readSessionToken(headers: Headers, cookies: Cookies, native: boolean): string | null {
  if (native) {
    const header = headers.get('authorization')
    if (header !== null) return bearer.exec(header)?.[1] ?? null
  }
  return cookies.session.read(headers.get('cookie'))
}
