/** The security headers of every response (ASVS 5 3.4). A page sets its own content security policy. */

/** Two years, as preload lists require. The host decides about subdomains. */
export const strictTransport = 'max-age=63072000'

/** A response that is not a page may load nothing and may not be framed. */
export const answerPolicy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"

/** The headers; `overHttps` says that the base URL is https. */
export function protectionOf(overHttps: boolean): Readonly<Record<string, string>> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': answerPolicy,
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(overHttps && { 'Strict-Transport-Security': strictTransport }),
  }
}
