/** The closed lists of the kernel, as folds over declarations. */

import { kernelEvents, kernelNotices, kernelPurposes } from '../core/index.js'
import type {
  EventType,
  FeatureMessages,
  NoticeEvent,
  PurposeTable,
  VerificationType,
} from '../core/index.js'
import type { LimitRule } from '../http/index.js'
import type { FeatureMigrations, FeatureTables, PrepareFeature } from '../store/index.js'
import type { Feature } from './feature.js'

/** What the kernel is built with. */
export interface Folded {
  readonly purposes: PurposeTable
  readonly events: readonly EventType[]
  readonly notices: readonly NoticeEvent[]
  readonly messages: FeatureMessages
  /** The statements of each feature, by its id. */
  readonly statements: Readonly<Record<string, PrepareFeature>>
  readonly tables: FeatureTables
  readonly limits: Readonly<Record<string, LimitRule>>
  readonly migrations: readonly FeatureMigrations[]
  readonly segments: readonly string[]
  /** The names of pages that hosts can replace. */
  readonly pages: readonly string[]
}

/** What is wrong with a list of features, in sentences without a subject of their own: `features: …`. */
export function faultsOfList(features: readonly Pick<Feature, 'id' | 'needs'>[]): readonly string[] {
  return features.flatMap(({ id, needs = [] }, place) => {
    const before = features.slice(0, place).map((each) => each.id)
    const missing = needs.find((needed) => !before.includes(needed))
    return [
      ...(before.includes(id) ? [`${id} is already the name of a feature.`] : []),
      ...(missing === undefined ? [] : [`${id} needs ${missing}; list that one before it.`]),
    ]
  })
}

/** Joins the declarations, in the order of the list, which has no faults. */
export function foldFeatures(features: readonly Feature[]): Folded {
  const prepared = features.flatMap(({ id, statements }) =>
    statements === undefined ? [] : [[id, statements] as const],
  )
  return {
    purposes: Object.assign({}, kernelPurposes, ...features.map(({ purposes }) => purposes)) as PurposeTable,
    events: [...kernelEvents, ...features.flatMap(({ events = {} }) => Object.keys(events) as EventType[])],
    notices: [...kernelNotices, ...features.flatMap(({ notices = [] }) => notices)],
    messages: Object.assign({}, ...features.map(({ messages }) => messages)) as FeatureMessages,
    statements: Object.fromEntries(prepared),
    tables: Object.assign({}, ...features.map(({ tables }) => tables)) as FeatureTables,
    limits: Object.assign({}, ...features.map(({ limits }) => limits)) as Folded['limits'],
    migrations: features.flatMap(({ id, migrations = [] }) =>
      migrations.length === 0 ? [] : [{ feature: id, texts: migrations }],
    ),
    segments: features.flatMap(({ segments = [] }) => segments),
    pages: features.flatMap(({ pages = [] }) => pages),
  }
}

/** The names of the purposes. */
export function purposeNames({ purposes }: Folded): readonly VerificationType[] {
  return Object.keys(purposes) as VerificationType[]
}
