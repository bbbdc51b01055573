/**
 * Telephone numbers in E.164, by libphonenumber's `min` metadata. The library is loaded with the engine: if
 * Node fails to read it once, for lack of a file descriptor, it stays unavailable until the process ends.
 */

import { createRequire } from 'node:module'
import type * as Library from 'libphonenumber-js/min'
import { importOrRequire } from '../base/index.js'
import type { Phones } from '../core/index.js'

const longest = 32
const form = /^\+[0-9 ().-]{6,31}$/

/** Normalizes telephone numbers and finds their calling codes. */
export interface LocatedPhones extends Phones {
  /**
   * The calling code, such as `351`, of a number in E.164; null when there is none. Not a country: `1` has
   * many.
   */
  callingCode(number: string): string | null
}

// By `import` first, so that bundlers of the package find the library.
const loadLibrary = (): Promise<typeof Library> =>
  importOrRequire(
    () => import('libphonenumber-js/min'),
    () => createRequire(import.meta.url)('libphonenumber-js/min') as typeof Library,
  )

/** Reads numbers in international form only: a number without its country code is ambiguous. */
export async function createPhones(): Promise<LocatedPhones> {
  const library = await loadLibrary()

  function parse(text: string): Library.PhoneNumber | undefined {
    if (text.length > longest || !form.test(text)) return undefined
    return library.parsePhoneNumberFromString(text, { extract: false })
  }

  return {
    normalize(text) {
      const trimmed = text.trim()
      const number = parse(trimmed)
      return number?.isPossible() === true && number.ext === undefined ? number.number : null
    },

    callingCode: (number) => parse(number)?.countryCallingCode ?? null,
  }
}
