/** The headers that protect every answer, whatever it is (ASVS 5 3.4). A page sets a policy of its own. */

/** Two years, as lists of preloaded sites ask for. Other names below the same domain are the host's to decide. */
export const strictTransport = 'max-age=63072000'

/** What an answer that is no page may load, and by whom it may be framed: nothing, and nobody. */
export const answerPolicy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"

/** These headers; `overHttps` says that the base URL is https. */
export function protectionOf(overHttps: boolean): Readonly<Record<string, string>> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': answerPolicy,
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(overHttps && { 'Strict-Transport-Security': strictTransport }),
  }
}
