/** The texts of every locale, by key. A missing or additional key fails to compile. */

import type { en } from './en.js'

/** One text for each plural category of the language (CLDR). `{count}` is filled in. */
export type PluralText = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string }

/** The keys of all texts. */
export type TextKey = keyof typeof en

/** The keys of texts that depend on a number. */
export type PluralKey = { [Key in TextKey]: (typeof en)[Key] extends string ? never : Key }[TextKey]

/** The keys of the other texts. */
export type PlainKey = Exclude<TextKey, PluralKey>

/** All texts of one locale. */
export type Texts = Readonly<Record<PlainKey, string> & Record<PluralKey, PluralText>>

/** Your versions of individual texts, by locale. */
export type PageTexts = Readonly<Partial<Record<LocaleName, Partial<Texts>>>>

/** The built-in locales, the default first. */
export const localeNames = ['en', 'pt', 'es', 'fr', 'de', 'ja'] as const

/** A built-in locale. */
export type LocaleName = (typeof localeNames)[number]
