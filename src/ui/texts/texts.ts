/** The texts of every locale, by key. A missing or additional key fails to compile. */

import type { en } from './en.js'

/** One text for each plural category of the language (CLDR). `{count}` is filled in. */
export type PluralText = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string }

/** The texts of features. Each feature adds its keys by declaration merging. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- Features fill it.
export interface FeatureTexts {}

/** The keys of all texts. */
export type TextKey = keyof typeof en | keyof FeatureTexts

/** The keys of texts that depend on a number. */
export type PluralKey = {
  [Key in keyof typeof en]: (typeof en)[Key] extends string ? never : Key
}[keyof typeof en]

/** The keys of the other texts. */
export type PlainKey = Exclude<TextKey, PluralKey>

/** The texts of the kernel in one locale. */
export type KernelTexts = Readonly<
  Record<Exclude<keyof typeof en, PluralKey>, string> & Record<PluralKey, PluralText>
>

/** All texts of one locale. */
export type Texts = KernelTexts & Readonly<Record<keyof FeatureTexts, string>>

/** Your versions of individual texts, by locale. */
export type PageTexts = Readonly<Partial<Record<LocaleName, Partial<Texts>>>>

/** The built-in locales, the default first. */
export const localeNames = ['en', 'pt', 'es', 'fr', 'de', 'ja'] as const

/** A built-in locale. */
export type LocaleName = (typeof localeNames)[number]
