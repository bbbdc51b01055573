/** The cases of the Store suite that features bring, by noun. */

import type { Case } from './store-case.js'
import { recoveryCases } from './recovery/cases.js'

export const featureCases: Readonly<Record<string, readonly Case[]>> = { recovery: recoveryCases }
