/** What a store needs to know of the shipped features. */

import { foldFeatures } from '../../src/features/fold.js'
import { features } from '../../src/features/index.js'

const { purposes, tables, statements } = foldFeatures(features)

export const featureSettings = {
  purposes,
  featureTables: tables,
  featureStatements: statements,
}
