/**
 * Sweeping: deleting expired rows. Nothing depends on it, since every statement checks expiry itself.
 *
 * Invariants: (1) work is bounded: page by page with a cursor, so that rows that stay are visited once; (2)
 * users are locked by id, in a separate transaction, before their rows are checked, so that live rows stay;
 * (3) a row that can't be deleted (a row of the host's references it) is logged, and blocks no other.
 */

import type { Logger } from '../base/index.js'
import { AuthError } from '../base/index.js'
import type { Store, SweepReport } from '../core/index.js'
import type { Row } from './queryable.js'
import type { Runner } from './runner.js'
import type { Prepared, Tables } from './statement.js'
import { pageSize, prepareLock, sweepersOf } from './sweep-statements.js'
import type { Kind, Sweeper, SweepSettings } from './sweep-statements.js'

/** How long settled messages are kept for inspection. */
const settledMessagesMs = 7 * 86_400_000

/** Where a sweep runs. */
export interface SweepScope {
  readonly runner: Runner
  /** Runs the work in one transaction: the caller's, or one that is committed when the work is done. */
  atomically<T>(work: (runner: Runner) => Promise<T>): Promise<T>
}

function causeOf(fault: unknown): string {
  const { reason, cause } = fault as { reason?: unknown; cause?: { message?: unknown } }
  return String(cause?.message ?? reason ?? fault)
}

/** Sweeps one schema. With `dryRun` it only counts. */
export function prepareSweep(tables: Tables, settings: SweepSettings & { readonly logger: Logger }) {
  const sweepers = sweepersOf(tables, settings)
  const lock = prepareLock(tables)

  const countOf = (rows: readonly Row[]): number => rows[0]?.['count'] as number

  // With a savepoint inside a transaction, so that a row that can't be deleted rolls back nothing else.
  async function run(runner: Runner, prepared: Prepared, values: readonly unknown[]): Promise<number> {
    return countOf((await runner.rowsUnlessTaken(prepared, values, [])) as Row[])
  }

  // Splits a failing batch in half until only the rows that can't be deleted remain.
  async function removeEach(
    runner: Runner,
    sweeper: Sweeper,
    { keys, values }: { keys: readonly string[]; values: (keys: readonly string[]) => readonly unknown[] },
  ): Promise<number> {
    try {
      return await run(runner, sweeper.remove, values(keys))
    } catch (fault) {
      if (AuthError.is(fault) && fault.code === 'unavailable') throw fault
      if (keys.length === 1) {
        settings.logger.warn(
          { kind: sweeper.kind, key: keys[0], cause: causeOf(fault) },
          'an expired row could not be deleted',
        )
        return 0
      }
      const middle = Math.ceil(keys.length / 2)
      const first = await removeEach(runner, sweeper, { keys: keys.slice(0, middle), values })
      return first + (await removeEach(runner, sweeper, { keys: keys.slice(middle), values }))
    }
  }

  function remove(
    scope: SweepScope,
    sweeper: Sweeper,
    page: { rows: readonly Row[]; age: number },
  ): Promise<number> {
    const { rows, age } = page
    const keys = [...new Set(rows.map((row) => row['key'] as string))]
    if (!sweeper.locksUsers) {
      return removeEach(scope.runner, sweeper, { keys, values: (some) => [age, some.join(' ')] })
    }
    const owners = [...new Set(rows.map((row) => row['user_id'] as string))]
    return scope.atomically(async (runner) => {
      const locked = (await runner.rows(lock, [owners.join(' ')])).map((row) => row['id'] as string)
      if (locked.length === 0) return 0
      const held = locked.join(' ')
      return removeEach(runner, sweeper, { keys, values: (some) => [age, some.join(' '), held] })
    })
  }

  async function count(
    runner: Runner,
    sweeper: Sweeper,
    page: { rows: readonly Row[]; age: number },
  ): Promise<number> {
    if (sweeper.count === null) return page.rows.length
    const keys = [...new Set(page.rows.map((row) => row['key'] as string))]
    return countOf(await runner.rows(sweeper.count, [page.age, keys.join(' ')]))
  }

  return (scope: SweepScope): Store['sweep'] =>
    async ({ dryRun, claimsAfterMs, audit }) => {
      const ages: Partial<Record<Kind, number>> = {
        users: claimsAfterMs,
        claims: claimsAfterMs,
        messages: settledMessagesMs,
        audit: audit.keepMs ?? 0,
        auditTraces: audit.keepPersonalMs,
      }

      async function sweepKind(sweeper: Sweeper): Promise<number> {
        const age = ages[sweeper.kind] ?? 0
        let [at, key] = sweeper.start
        for (let total = 0; ;) {
          const rows = await scope.runner.rows(sweeper.page, [age, at, key])
          const last = rows.at(-1)
          if (last === undefined) return total
          total += await (dryRun
            ? count(scope.runner, sweeper, { rows, age })
            : remove(scope, sweeper, { rows, age }))
          if (rows.length < pageSize) return total
          at = last['reached_at'] as string
          key = last['reached_key'] as string
        }
      }

      const report: Record<Kind, number> = {
        sessions: 0,
        verifications: 0,
        claims: 0,
        users: 0,
        messages: 0,
        attempts: 0,
        knownBrowsers: 0,
        tolls: 0,
        audit: 0,
        auditTraces: 0,
      }
      for (const sweeper of sweepers) report[sweeper.kind] = await sweepKind(sweeper)
      return report satisfies SweepReport
    }
}
