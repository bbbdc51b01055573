/**
 * `latchkey/feature`: what a feature of your own is declared with, and the parts of its statements. Pages and
 * routes are made with `latchkey/feature/web`, which is loaded later.
 */

export { defineFeature } from './feature.js'
export type {
  Feature,
  FeatureDeclaration,
  FeatureMessage,
  FeatureWeb,
  OperationsOf,
  ServedWith,
} from './feature.js'
export { AuthError, invalidField } from '../base/index.js'
export type { Context, Purpose } from '../core/index.js'
export { audit, momentText, now, planting, prepare, toExactDate } from '../store/index.js'
export type {
  FeatureTable,
  FeatureTables,
  PrepareFeature,
  Prepared,
  Row,
  Runner,
  Tables,
} from '../store/index.js'
