/**
 * The declaration of a feature: everything that it adds, in one object. The kernel knows no feature; its closed
 * lists are folds over the declarations (`fold.ts`).
 *
 * Invariants: (1) a declaration loads no page, schema or route; `web` does; (2) no option changes what it
 * declares, so every node of one version prepares the same statements.
 */

import type {
  Accounts,
  Context,
  EventTexts,
  FeatureEvents,
  FeatureNotices,
  Purpose,
  Purposes,
  VerificationType,
} from '../core/index.js'
import type { HttpSettings, RouteDefinition } from '../http/index.js'
import type { PrepareFeature } from '../store/index.js'
import type { FeaturePages, LocaleName, PageName } from '../ui/index.js'
import type { ZodType } from 'zod'

/** One message of a feature: what the development inbox calls it, and its texts in every locale. */
export interface FeatureMessage {
  readonly title: string
  readonly texts: Readonly<Record<LocaleName, EventTexts>>
}

/** The messages of a feature, by the purpose or notice. */
export type MessagesOf<Event extends string> = Readonly<Record<Event, FeatureMessage>>

/** What a feature adds to HTTP. It is loaded while an `Auth` opens. */
export interface FeatureWeb {
  readonly routes: readonly RouteDefinition[]
  /** Its schemas, by their names in the OpenAPI document. */
  readonly schemas?: Readonly<Record<string, ZodType>>
  readonly pages?: FeaturePages
}

/** The settings that decide whether the routes of a feature are served. */
export type ServedWith = Pick<HttpSettings, never> & {
  readonly strategies: readonly { readonly id: string }[]
}

/** What a feature declares. `Statements` is what `statements` binds and `accounts` uses. */
export interface FeatureDeclaration<Statements = unknown> {
  /** Lowercase letters, digits and hyphens. */
  readonly id: string
  /** The ids of the features whose declarations it builds on. */
  readonly needs?: readonly string[]
  /** The purposes of verifications that it adds. */
  readonly purposes?: Readonly<Partial<Record<keyof Purposes, Purpose>>>
  /** The events that it records, each with the sentence of the docs. */
  readonly events?: Readonly<Partial<Record<keyof FeatureEvents, string>>>
  /** The notices that it sends. */
  readonly notices?: readonly (keyof FeatureNotices)[]
  /** The texts of its purposes and notices. */
  readonly messages?: Readonly<Partial<MessagesOf<VerificationType | keyof FeatureNotices>>>
  /** Prepares its statements. */
  readonly statements?: PrepareFeature<Statements>
  /** The operations that it adds to `auth.accounts`. */
  readonly accounts?: (context: Context, statements: Statements) => Partial<Accounts>
  /** Its segments of paths below the base path, which no strategy may use as its id. */
  readonly segments?: readonly string[]
  /** The names of its pages, which a host can replace. */
  readonly pages?: readonly PageName[]
  /** Whether its routes and pages exist. @default always */
  readonly isServed?: (settings: ServedWith) => boolean
  /** Loads its routes and pages. */
  readonly web?: () => Promise<FeatureWeb>
}

/** A declared feature. */
export type Feature = FeatureDeclaration

/**
 * Declares a feature.
 * @example
 * ```ts
 * export const recovery = defineFeature({
 *   id: 'recovery',
 *   purposes: { recovery: { fits: ['email'], only: 'proven', proves: false } },
 *   statements: prepareRecovery,
 *   accounts: createRecovery,
 *   web: () => import('./web.js').then(({ web }) => web),
 * })
 * ```
 */
export function defineFeature<Statements = unknown>(declaration: FeatureDeclaration<Statements>): Feature {
  // Each feature gets back the statements that it bound, so the lists need not know their types.
  return declaration as unknown as Feature
}
