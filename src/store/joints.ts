/**
 * What the statements of the kernel ask of the tables of features. The answers are part of each declaration,
 * and are composed into the statements once, when they are prepared.
 *
 * A statement that waits for a lock continues with its old snapshot, so a deletion misses a row that another
 * transaction adds meanwhile. Therefore a feature adds its rows behind `planting`, which locks the user and
 * leaves a mark on it; a redemption that meets another mark on the locked row than in its snapshot does
 * nothing and runs again.
 *
 * Invariants: (1) what anybody added to an account before its owner came does not survive the first proof; (2)
 * without tables of features, no statement differs from one without joints.
 */

import type { Tables } from './statement.js'
import { afterLocks } from './statement.js'

/** What a feature says about one of its tables. Every table with a reference to a user is declared. */
export interface FeatureTable {
  /** The column with the user's id. Its foreign key cascades. */
  readonly user: string
  /**
   * The column with the time at which the row was added. A first proof by `email` or `phone` deletes the rows
   * that are younger than its request, and any other first proof deletes all of them.
   */
  readonly plantedAt: string
  /** Whether a row keeps an account that was never proven from being swept. */
  readonly keepsUser: boolean
}

/** The tables of features, by their names. */
export type FeatureTables = Readonly<Record<string, FeatureTable>>

/** What the statements are composed of. */
export interface Joints {
  /**
   * Deletes what was planted before the first proof of the users in `first` by a verification in `spent`; common
   * table expressions, each followed by a comma. With `all`, the age of the rows doesn't matter: another browser
   * finishes a sign-up that a stranger may have begun.
   */
  atFirstProof(options: { readonly all: boolean }): string
  /** Columns of the relation `candidate`, from its user `owner` as the snapshot shows it; each after a comma. */
  readonly seen: string
  /** The name of the relation that locks the user of the candidate. */
  readonly person: string
  /**
   * The relation `person`: the locked user, if nothing was added to the account after the snapshot. Ends with a
   * comma, or is empty.
   */
  readonly unplanted: string
  /** The outcome `planted`, for a `case`, or empty. */
  readonly plantedOutcome: string
  /** Whether no row of a feature keeps the user `u`; begins with `and`, or is empty. */
  keptByNone(u: string): string
}

/** What a first proof asks of the locked user. */
export type PlantingJoints = Pick<Joints, 'seen' | 'person' | 'unplanted' | 'plantedOutcome'>

/** The same without tables of features. */
export const noJoints: PlantingJoints = { seen: '', person: 'person', unplanted: '', plantedOutcome: '' }

// The snapshot's mark is compared with that of the locked row: a row that was added after the snapshot would
// survive the first proof unseen.
const plantable: PlantingJoints = {
  seen: ', owner.planted_at as planted_seen',
  person: 'locked_person',
  unplanted: `person as (
      select p.* from locked_person p where p.planted_at = (select c.planted_seen from candidate c where c.user_id = p.id)
    ),
    `,
  plantedOutcome: `when exists (select from locked_person) and not exists (select from person) then 'planted'
        `,
}

/** Composes the answers of all tables. */
export function composeJoints(t: Tables, tables: FeatureTables): Joints {
  const all = Object.entries(tables)
  return {
    atFirstProof: (options) =>
      all
        .map(
          ([name, { user, plantedAt }]) => `disarmed_${name} as (
      delete from ${t.of(name)} x using first f, spent s
      where x.${user} = f.user_id${options.all ? '' : ` and (s.type not in ('email', 'phone') or x.${plantedAt} > s.created_at)`}
      returning 1
    ),
    `,
        )
        .join(''),
    ...(all.length === 0 ? noJoints : plantable),
    keptByNone: (u) =>
      all
        .filter(([, { keepsUser }]) => keepsUser)
        .map(
          ([name, { user }]) => `
      and not exists (select from ${t.of(name)} k where k.${user} = ${u}.id)`,
        )
        .join(''),
  }
}

/**
 * Locks the user whose id is the SQL expression `userId`, for a statement that adds a row to a table of a
 * feature: the relation `planted` (id) is empty if the user is gone, disabled, or ended all sessions after
 * `provenAt`, an SQL expression with the time of the sign-in that allows it, or null for the host. Two common
 * table expressions.
 */
export function planting(
  t: Tables,
  { userId, provenAt }: { readonly userId: string; readonly provenAt: string },
): string {
  return `planter as (
      select u.id from ${t.users} u
      where u.id = ${userId} and u.disabled_at is null
        and (${provenAt}::timestamptz is null or ${provenAt}::timestamptz >= u.sessions_ended_at)
      for no key update of u
    ),
    planted as (
      update ${t.users} u set planted_at = greatest(${afterLocks}, u.planted_at) from planter
      where u.id = planter.id returning u.id
    )`
}
