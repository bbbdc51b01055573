/** What every locale says, by key. A key that is missing or too many fails to compile. */

import type { en } from './en.js'

/** One text in each plural category that its language has (CLDR). `{count}` is filled in. */
export type PluralText = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string }

/** The keys of all texts. */
export type TextKey = keyof typeof en

/** The keys whose text depends on a number. */
export type PluralKey = { [Key in TextKey]: (typeof en)[Key] extends string ? never : Key }[TextKey]

/** The keys of the other texts. */
export type PlainKey = Exclude<TextKey, PluralKey>

/** All texts of one locale. */
export type Texts = Readonly<Record<PlainKey, string> & Record<PluralKey, PluralText>>

/** Replacements of single texts, by locale. */
export type PageTexts = Readonly<Partial<Record<LocaleName, Partial<Texts>>>>

/** The locales that ship, the default first. */
export const localeNames = ['en', 'pt', 'es', 'fr', 'de', 'ja'] as const

/** A locale that ships. */
export type LocaleName = (typeof localeNames)[number]
