/**
 * The cookie of a known browser: a random name, and the method of the last sign-in with it.
 *
 * Invariants: (1) it authenticates nobody; (2) its name is a separate value of 128 random bits, in no other
 * cookie; (3) a malformed value is no name.
 */

/** The content of the cookie. */
export interface KnownBrowser {
  readonly name: string
  /** The method of the last sign-in, such as `password`. It is only shown, and never used for a decision. */
  readonly method: string | null
}

/** How long a browser keeps the cookie, in seconds: as long as the browser is known. */
export const knownSeconds = 90 * 86_400

const form = /^([A-Za-z0-9_-]{22})(?:\.([a-z][a-z0-9_-]{0,31}))?$/

/** The value of the cookie. */
export function writeKnownBrowser({ name, method }: KnownBrowser): string {
  return method === null ? name : `${name}.${method}`
}

/** Parses the cookie; null if it contains no name. */
export function readKnownBrowser(value: string | null): KnownBrowser | null {
  const [, name, method] = (value === null ? null : form.exec(value)) ?? []
  return name === undefined ? null : { name, method: method ?? null }
}
