/** Returns texts in one locale: chooses the plural form and fills in values. It escapes nothing; JSX does. */

import { de } from './de.js'
import { en } from './en.js'
import { es } from './es.js'
import { fr } from './fr.js'
import { ja } from './ja.js'
import { pt } from './pt.js'
import { localeNames } from './texts.js'
import type { FeatureTexts, KernelTexts, LocaleName, PageTexts, PlainKey, PluralKey, Texts } from './texts.js'

/** The texts of the kernel. */
export const kernelTexts: Readonly<Record<LocaleName, KernelTexts>> = { en, pt, es, fr, de, ja }

/** All built-in texts: the kernel's and those of these features. */
export function joinTexts(
  features: readonly (Readonly<Record<LocaleName, Partial<FeatureTexts>>> | undefined)[],
): Readonly<Record<LocaleName, Texts>> {
  const joined = localeNames.map((locale) => {
    const added = features.map((texts) => texts?.[locale])
    return [locale, Object.assign({}, kernelTexts[locale], ...added)] as const
  })
  return Object.fromEntries(joined) as unknown as Record<LocaleName, Texts>
}

/** One locale, as a page uses it. */
export interface Words {
  readonly locale: LocaleName
  /** The text, with `{name}` filled in from `values`. */
  say(key: PlainKey, values?: Readonly<Record<string, string>>): string
  /** The text in the plural form of `count`, with the number in the format of the locale. */
  count(key: PluralKey, count: number): string
  /** Whether the text has the placeholder `{name}`. */
  fills(key: PlainKey, name: string): boolean
  /** The text before and after its placeholder `{name}`, for a value that is an element. */
  around(key: PlainKey, name: string): readonly [before: string, after: string]
  /** How long ago, such as `3 hours ago`. */
  ago(date: Date, now: Date): string
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-z]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] as string) : whole,
  )
}

/** The texts that pages use. */
export interface TextSources {
  /** The built-in texts. */
  readonly built: Readonly<Record<LocaleName, Texts>>
  /** The host's replacements. */
  readonly replaced?: PageTexts
}

/** The texts of a locale, with the product's name as `{app}`. */
export function createWords(locale: LocaleName, app: string, { built, replaced }: TextSources): Words {
  const texts: Texts = { ...built[locale], ...replaced?.[locale] }
  const rules = new Intl.PluralRules(locale)
  const numbers = new Intl.NumberFormat(locale)
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })

  return {
    locale,
    say: (key, values = {}) => fill(texts[key], { app, ...values }),
    count(key, count) {
      const text = texts[key][rules.select(count)] ?? texts[key].other
      return fill(text, { app, count: numbers.format(count) })
    },
    fills: (key, name) => texts[key].includes(`{${name}}`),
    around(key, name) {
      const [before = '', ...after] = fill(texts[key], { app }).split(`{${name}}`)
      return [before, after.join(`{${name}}`)]
    },
    ago(date, now) {
      const passed = Math.max(0, now.getTime() - date.getTime())
      const found = units.find(([, least]) => passed >= least)
      if (found === undefined) return texts['common.just_now']
      const [unit, length] = found
      return relative.format(-Math.floor(passed / length), unit)
    },
  }
}
