/** The Content-Security-Policy of pages: what stands in them loads from here, and runs only with the nonce. */

function originOf(address: string | null): string {
  return address?.startsWith('https:') === true ? ` ${new URL(address).origin}` : ''
}

/** The policy of one answer. */
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

/** The policy of a message in the frame of its preview: it has styles of its own, and nothing else. */
export const previewPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
