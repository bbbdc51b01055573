/** The locale of a person: the one they chose, else the browser's, else English. */

import type { LocaleName } from './texts.js'
import { localeNames } from './texts.js'

// A browser lists a few languages; no real browser sends a longer header.
const longestHeader = 1000

/** The built-in locale of a BCP 47 tag, or null. */
export function findLocale(tag: unknown): LocaleName | null {
  if (typeof tag !== 'string' || tag.length > 100) return null
  const language = tag.trim().split(/[-_]/)[0]?.toLowerCase()
  return localeNames.find((name) => name === language) ?? null
}

/** The tags of an Accept-Language header, most preferred first (RFC 9110 section 12.5.4). */
function wantedTags(header: string): readonly string[] {
  return header
    .slice(0, longestHeader)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((each) => each.trim())
      const weight = parameters.find((each) => each.startsWith('q='))?.slice(2)
      return { tag, weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag)
}

/** Chooses from the user's `metadata.locale` and the request's Accept-Language. */
export function chooseLocale(chosen: unknown, acceptLanguage: string | null): LocaleName {
  const own = findLocale(chosen)
  if (own !== null) return own
  for (const tag of wantedTags(acceptLanguage ?? '')) {
    const locale = findLocale(tag)
    if (locale !== null) return locale
  }
  return 'en'
}
