/** The texts of a change of address by key. A missing or additional key in a locale fails to compile. */

import type { LocaleName } from '../../../ui/index.js'
import { de } from './de.js'
import { en } from './en.js'
import { es } from './es.js'
import { fr } from './fr.js'
import { ja } from './ja.js'
import { pt } from './pt.js'

/** The texts of one locale. */
export type EmailChangeTexts = Readonly<Record<keyof typeof en, string>>

declare module '../../../ui/index.js' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- The keys are those of the English texts.
  interface FeatureTexts extends EmailChangeTexts {}
}

/** The texts by locale. */
export const texts: Readonly<Record<LocaleName, EmailChangeTexts>> = { en, pt, es, fr, de, ja }
