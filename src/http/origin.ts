/**
 * Where a request comes from (ASVS 5 3.5.1 to 3.5.3).
 *
 * Invariant: a request that changes state comes from an origin of ours, or does nothing. `null`, a sibling, a suffix
 * and a missing header are not ours.
 */

/** Judges origins. */
export interface Origins {
  /** Whether a request that changes state may go on. */
  mayChange(headers: Headers): boolean
  /** The origin to name in `Access-Control-Allow-Origin`, or null. */
  sharedWith(headers: Headers): string | null
}

/** The origins of one application; `native` lets in clients that are no browser and hold no cookie. */
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
