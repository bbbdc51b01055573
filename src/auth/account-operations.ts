/**
 * The account operations that hosts get: by any actor, and inside a transaction of the caller's.
 *
 * Invariants: (1) inside a caller's transaction no event is announced and no worker is woken, since only the
 * caller knows whether it commits; (2) an actor is recorded and grants nothing.
 */

import { readActor } from '../core/index.js'
import type { Accounts, Actor, Announcer, Context, Store } from '../core/index.js'
import { composeOperations } from '../features/index.js'
import type { Feature } from '../features/index.js'
import type { Queryable, RunnerScope } from '../store/index.js'

/** The account operations of one actor. */
export interface ActingAccounts extends Accounts {
  /**
   * The same operations, recorded in the audit log as done by this actor. This neither grants nor removes
   * permissions.
   * @throws TypeError if the actor is malformed
   */
  by(actor: Actor): ActingAccounts
}

/** The account operations. Without `by`, the audit log records the host. */
export interface AccountOperations extends Accounts {
  /** See `ActingAccounts.by`. */
  by(actor: Actor): AccountOperations
  /**
   * The same operations inside your transaction. A rollback also discards their messages, and listeners are
   * not called. `tx` is a client of `pg`, a PGlite transaction, or a transaction of Kysely, Prisma or
   * Drizzle. Concurrent operations run one after another.
   * @throws TypeError if `tx` is none of these; the first operation throws it if the transaction is not open,
   *   is aborted, or is not READ COMMITTED
   */
  with(tx: unknown): ActingAccounts
}

/** What the operations are made of. */
export interface OperationParts {
  readonly features: readonly Feature[]
  readonly ports: Omit<Context, 'store' | 'announcer' | 'inTransaction'>
  bindStore(queryable: Queryable, scope: RunnerScope): Store
  /** The store on the own database, for an actor or for the host. */
  ownStore(actor: Actor | undefined): Store
  /** The caller's transaction. @throws TypeError if it is none */
  within(tx: unknown): Queryable
  readonly announcer: Announcer
  traced<Operations extends object>(operations: Operations): Operations
}

/** All operations of one actor, on the own database or inside a transaction of the caller's. */
export interface Operations<Own extends ActingAccounts = AccountOperations> {
  readonly accounts: Own
  /** The operations of features, by their keys. */
  readonly features: Readonly<Record<string, object>>
}

/** Creates the operations of an actor, or of the host without one. */
export function createOperations(parts: OperationParts) {
  const { features, ports, announcer } = parts
  const silent: Announcer = { queued: () => undefined }

  function within(tx: Queryable, actor: Actor | undefined): Operations<ActingAccounts> {
    const store = parts.bindStore(tx, { inTransaction: true, actor })
    const composed = composeOperations(features, { ...ports, store, announcer: silent, inTransaction: true })
    const accounts = {
      ...parts.traced(composed.accounts),
      by: (next: Actor) => within(tx, readActor(next)).accounts,
    }
    return { accounts, features: composed.features }
  }

  function by(actor: Actor | undefined): Operations {
    const store = parts.ownStore(actor)
    const composed = composeOperations(features, { ...ports, store, announcer, inTransaction: false })
    const accounts = {
      ...parts.traced(composed.accounts),
      by: (next: Actor) => by(readActor(next)).accounts,
      with: (tx: unknown) => within(parts.within(tx), actor).accounts,
    }
    return { accounts, features: composed.features }
  }

  return { by, with: (tx: unknown) => within(parts.within(tx), undefined) }
}
