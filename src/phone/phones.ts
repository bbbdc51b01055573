/** Telephone numbers in E.164, by libphonenumber's `min` metadata. The library is loaded at the first number. */

import { createRequire } from 'node:module'
import type * as Library from 'libphonenumber-js/min'
import type { Phones } from '../core/index.js'

const longest = 32
const form = /^\+[0-9 ().-]{6,31}$/

/** Reads numbers in international form only: a number without its country is nobody's. */
export function createPhones(): Phones {
  let library: typeof Library | undefined

  return {
    normalize(text) {
      const trimmed = text.trim()
      if (trimmed.length > longest || !form.test(trimmed)) return null
      library ??= createRequire(import.meta.url)('libphonenumber-js/min') as typeof Library
      const number = library.parsePhoneNumberFromString(trimmed, { extract: false })
      return number?.isPossible() === true && number.ext === undefined ? number.number : null
    },
  }
}
