/** The shipped features, in the order in which their parts are listed. This is the only file that names all. */

import type { Feature } from './feature.js'
import { emailChange } from './email-change/index.js'
import { recovery } from './recovery/index.js'

export const features: readonly Feature[] = [recovery, emailChange]

export { composeOperations } from './accounts.js'
export type { ComposedOperations } from './accounts.js'
export { defineFeature } from './feature.js'
export type { Feature, FeatureDeclaration, FeatureWeb, OperationsOf } from './feature.js'
export { faultsOfList, foldFeatures, purposeNames } from './fold.js'
export type { Folded } from './fold.js'
export type { ResetSecret } from './recovery/index.js'
