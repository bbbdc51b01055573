/**
 * Checks the origin of a request (ASVS 5 3.5.1 to 3.5.3).
 *
 * Invariant: a request that changes state must come from one of our origins. `null`, a sibling domain, a
 * suffix and a missing header don't count.
 */

/** Checks origins. */
export interface Origins {
  /** Whether a request that changes state is allowed. */
  mayChange(headers: Headers): boolean
  /** The value of `Access-Control-Allow-Origin`, or null. */
  sharedWith(headers: Headers): string | null
}

/** Creates the check of one application; `native` allows clients that are not browsers and have no cookie. */
export function createOrigins(options: {
  readonly baseUrl: string
  readonly allowedOrigins: readonly string[]
  readonly native: boolean
}): Origins {
  const own = new URL(options.baseUrl).origin
  const others = new Set(options.allowedOrigins)

  return {
    mayChange(headers) {
      const origin = headers.get('origin')
      if (origin !== null) return origin === own || others.has(origin)
      const site = headers.get('sec-fetch-site')
      if (site !== null) return site === 'same-origin'
      return options.native && !headers.has('cookie')
    },

    sharedWith(headers) {
      const origin = headers.get('origin')
      return origin !== null && others.has(origin) ? origin : null
    },
  }
}
