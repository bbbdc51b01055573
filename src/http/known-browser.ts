/**
 * The cookie of a known browser: a random name, and the way by which somebody signed in here last.
 *
 * Invariants: (1) it authenticates nobody; (2) the name is of its own, 128 random bits, and no other cookie holds it;
 * (3) what is malformed is no name.
 */

/** What the cookie holds. */
export interface KnownBrowser {
  readonly name: string
  /** The last way to sign in, to be shown: `password`, `magic-link`; never judged. */
  readonly method: string | null
}

/** How long a browser keeps it, in seconds: as long as it is known. */
export const knownSeconds = 90 * 86_400

const form = /^([A-Za-z0-9_-]{22})(?:\.([a-z][a-z0-9_-]{0,31}))?$/

/** The cookie's value. */
export function writeKnownBrowser({ name, method }: KnownBrowser): string {
  return method === null ? name : `${name}.${method}`
}

/** What a cookie says, or null where it is no name. */
export function readKnownBrowser(value: string | null): KnownBrowser | null {
  const [, name, method] = (value === null ? null : form.exec(value)) ?? []
  return name === undefined ? null : { name, method: method ?? null }
}
