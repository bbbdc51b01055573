/** The core's `Store` on Postgres: all ports of one schema over one queryable. */

import type { Logger } from '../base/index.js'
import type { PurposeTable, Store } from '../core/index.js'
import { prepareApprovals } from './approvals.js'
import { toAuthError } from './faults.js'
import { composeJoints } from './joints.js'
import type { FeatureTables } from './joints.js'
import { prepareIdentities } from './identities.js'
import { preparePasswords } from './passwords.js'
import type { Database, Queryable } from './queryable.js'
import { createRunner, scopeOfTransaction } from './runner.js'
import type { Runner, RunnerScope } from './runner.js'
import type { SessionLifetimes } from './sessions.js'
import { prepareSessions } from './sessions.js'
import { prepareSignIns } from './sign-ins.js'
import { prepareSignUps } from './sign-ups.js'
import { tablesOf } from './statement.js'
import type { Tables } from './statement.js'
import { prepareSweep } from './sweep.js'
import { prepareUsers } from './users.js'
import type { GuessBudgets } from './verifications.js'
import { prepareVerifications } from './verifications.js'

/** Prepares the statements of a feature, and returns a function that binds them to a runner. */
export type PrepareFeature<Statements = unknown> = (tables: Tables) => (runner: Runner) => Statements

/** The settings that the statements are built from. */
export interface StoreSettings {
  readonly schema: string
  readonly session: SessionLifetimes
  readonly guesses: GuessBudgets
  readonly purposes: PurposeTable
  /** The tables of features, by name. */
  readonly featureTables: FeatureTables
  /** The statements of features, by the id of the feature. */
  readonly featureStatements: Readonly<Record<string, PrepareFeature>>
  /** Whether sessions are stored elsewhere, so that this database has no rows of them. */
  readonly sessionsElsewhere: boolean
  /** Logs what a sweep can't delete. */
  readonly logger: Logger
}

/**
 * Builds all statements of one schema, once. The result binds them to a database or to a caller's
 * transaction.
 */
export function prepareStore(settings: StoreSettings) {
  const tables = tablesOf(settings.schema)
  const joints = composeJoints(tables, settings.featureTables)
  const users = prepareUsers(tables)
  const identities = prepareIdentities(tables)
  const passwords = preparePasswords(tables)
  const sessions = prepareSessions(tables, settings.session)
  const verifications = prepareVerifications(tables, {
    budgets: settings.guesses,
    purposes: settings.purposes,
    joints,
  })
  const features = Object.entries(settings.featureStatements).map(
    ([id, prepareFeature]) => [id, prepareFeature(tables)] as const,
  )
  const signUps = prepareSignUps(tables)
  const signIns = prepareSignIns(tables)
  const approvals = prepareApprovals(tables)
  const sweep = prepareSweep(tables, {
    elsewhereMs: settings.sessionsElsewhere ? settings.session.absoluteMs : null,
    logger: settings.logger,
    joints,
  })

  return (queryable: Queryable & Partial<Pick<Database, 'transaction'>>, scope: RunnerScope): Store => {
    const runner = createRunner(queryable, scope)
    const atomically = async <T>(work: (runner: Runner) => Promise<T>): Promise<T> => {
      if (scope.inTransaction || queryable.transaction === undefined) return work(runner)
      try {
        const within = scopeOfTransaction(scope)
        const result = await queryable.transaction((tx) => work(createRunner(tx, within.scope)))
        within.committed()
        return result
      } catch (error) {
        throw toAuthError(error)
      }
    }
    return {
      users: users(runner),
      identities: identities(runner),
      passwords: passwords(runner, scope.inTransaction),
      sessions: sessions(runner, !scope.inTransaction),
      verifications: verifications(runner),
      signUps: signUps(runner),
      signIns: signIns(runner),
      approvals: approvals(runner),
      features: Object.fromEntries(features.map(([id, bind]) => [id, bind(runner)])),
      sweep: sweep({ runner, atomically }),
    }
  }
}
