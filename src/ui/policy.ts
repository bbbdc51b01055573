/**
 * The Content-Security-Policy of pages: they load only from this origin, and scripts run only with the nonce.
 */

function originOf(address: string | null): string {
  return address?.startsWith('https:') === true ? ` ${new URL(address).origin}` : ''
}

/** The policy of one response. */
export function pagePolicy(nonce: string, logo: string | null): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    `img-src 'self'${originOf(logo)}`,
    "connect-src 'self'",
    "frame-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join('; ')
}

/** The policy of a message preview in its frame: it may use inline styles, and nothing else. */
export const previewPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
