/**
 * Where to go after a sign-in: a local absolute path, judged by parsing it as a browser does (ASVS 5 3.7.2).
 *
 * Invariant: what is returned leads nowhere but to our own origin, also after the browser has dropped tabs and line
 * breaks, turned backslashes into slashes, and resolved dots.
 */

const longest = 1024
// Printable ASCII without the backslash and the space: whatever a parser drops or turns is not in it.
const plain = /^\/(?![/\\])[!-[\]-~]*$/
// Controls, slashes, backslashes and percent signs in disguise.
const decodable = /%(?:[01][0-9a-f]|2f|5c|25|7f)/i
const here = 'https://here.invalid'

/** The path with its query and fragment, or null. */
export function readReturnTo(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > longest || !plain.test(value)) return null
  if (!URL.canParse(value, here)) return null
  const { origin, pathname, search, hash } = new URL(value, here)
  // What a proxy may decode or strip once more must not become another origin.
  if (origin !== here || pathname.startsWith('//') || decodable.test(pathname) || /\/\.\.?;|;\//.test(value))
    return null
  return pathname + search + hash
}
