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
import type { LimitRule, RouteDefinition } from '../http/index.js'
import type { FeatureTables, PrepareFeature } from '../store/index.js'
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
export interface ServedWith {
  readonly strategies: readonly { readonly id: string }[]
}

/**
 * What a feature declares. `Statements` is what `statements` binds, and `Operations` what hosts find under
 * `auth.<key>`.
 */
export interface FeatureDeclaration<
  Id extends string = string,
  Statements = unknown,
  Operations extends object = object,
> {
  /** Lowercase letters, digits and hyphens. In camel case it is the key of its operations. */
  readonly id: Id
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
  /**
   * Its migrations: SQL texts that never change once they were released. Names are unqualified. They are
   * recorded by their place in the list.
   */
  readonly migrations?: readonly string[]
  /** Its tables. Every table with a reference to a user is here, and answers the questions of the kernel. */
  readonly tables?: FeatureTables
  /** Its limits by name, which an operator can override in `limits`. */
  readonly limits?: Readonly<Record<string, LimitRule>>
  /** Prepares its statements. */
  readonly statements?: PrepareFeature<Statements>
  /** The operations that it adds to `auth.accounts`. */
  readonly accounts?: (context: Context, statements: Statements) => Partial<Accounts>
  /** The operations that hosts find under `auth.<key>`, also inside `auth.with(tx)`. */
  readonly operations?: (context: Context, statements: Statements) => Operations
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
export type Feature<Id extends string = string, Operations extends object = object> = FeatureDeclaration<
  Id,
  unknown,
  Operations
>

type KeyOf<Id extends string> = Id extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<KeyOf<Rest>>}`
  : Id

/** The operations of a list of features, by their keys: `session-list` becomes `sessionList`. */
export type OperationsOf<Features extends readonly Feature[]> = {
  readonly [Each in Features[number] as KeyOf<Each['id']>]: Each extends Feature<string, infer Operations>
    ? Operations
    : never
}

/**
 * Declares a feature.
 * @example
 * ```ts
 * export const notes = defineFeature({
 *   id: 'notes',
 *   migrations: ['create table notes (user_id uuid not null references users on delete cascade, …)'],
 *   tables: { notes: { user: 'user_id', plantedAt: 'created_at', keepsUser: false } },
 *   statements: prepareNotes,
 *   operations: createNotes,
 * })
 * ```
 */
export function defineFeature<
  const Id extends string,
  Statements = unknown,
  Operations extends object = object,
>(declaration: FeatureDeclaration<Id, Statements, Operations>): Feature<Id, Operations> {
  // Each feature gets back the statements that it bound, so the lists need not know their types.
  return declaration as unknown as Feature<Id, Operations>
}
