/**
 * Where to go after a sign-in: a local absolute path, checked by parsing it as a browser does (ASVS 5 3.7.2).
 *
 * Invariant: the result leads only to our own origin, even after the browser has dropped tabs and line
 * breaks, turned backslashes into slashes, and resolved dots.
 */

const longest = 1024
// Printable ASCII without backslash and space, so that no parser drops or changes a character.
const plain = /^\/(?![/\\])[!-[\]-~]*$/
// Percent-encoded control characters, slashes, backslashes and percent signs.
const decodable = /%(?:[01][0-9a-f]|2f|5c|25|7f)/i
const here = 'https://here.invalid'

/** The path with its query and fragment, or null. */
export function readReturnTo(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > longest || !plain.test(value)) return null
  if (!URL.canParse(value, here)) return null
  const { origin, pathname, search, hash } = new URL(value, here)
  // The path must not become another origin if a proxy decodes or normalizes it once more.
  if (origin !== here || pathname.startsWith('//') || decodable.test(pathname) || /\/\.\.?;|;\//.test(value))
    return null
  return pathname + search + hash
}
