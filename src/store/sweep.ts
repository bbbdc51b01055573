/**
 * Sweeping: removing what is over. Nothing depends on it, since every statement judges expiry itself.
 *
 * Invariants: (1) a batch is bounded and skips what another node holds; (2) what changed since the batch was chosen
 * is judged again on the row itself, so that an account proven this instant stays.
 */

import type { Store, SweepReport } from '../core/index.js'
import type { Runner } from './runner.js'
import type { Prepared, Tables } from './statement.js'
import { milliseconds, now, prepare } from './statement.js'

const batch = 1000
/** How long settled messages stay to be looked at. */
const settledMessagesMs = 7 * 86_400_000

interface Sweeper {
  readonly remove: Prepared
  readonly count: Prepared
}

// Where sessions are kept elsewhere, the audit tells of the last one that a user can still have.
function recentSession(t: Tables, absoluteMs: number): string {
  return `and not exists (
            select from ${t.audit} a
            where a.user_id = u.id and a.event = 'session.created'
              and a.created_at > ${now} - ${milliseconds(String(absoluteMs))}
          )`
}

function sweepers(t: Tables, elsewhereMs: number | null): Record<keyof SweepReport, Sweeper> {
  function sweeper(name: keyof SweepReport, what: { table: string; alias: string; over: string }): Sweeper {
    const { table, alias, over } = what
    const key = name === 'attempts' ? '(budget, subject)' : 'id'
    const columns = name === 'attempts' ? `${alias}.budget, ${alias}.subject` : `${alias}.id`
    const chosen = `select ${columns} from ${table} ${alias} where ${over} limit ${batch} for update of ${alias} skip locked`
    return {
      remove: prepare(
        `sweep_${name}`,
        `with removed as (delete from ${table} where ${key} in (${chosen}) returning 1)
        select count(*)::integer as count from removed`,
      ),
      count: prepare(
        `sweep_count_${name}`,
        `select count(*)::integer as count from ${table} ${alias} where ${over}`,
      ),
    }
  }

  const cutoff = `${now} - ${milliseconds('$1')}`
  return {
    sessions: sweeper('sessions', {
      table: t.sessions,
      alias: 's',
      over: `(s.idle_expires_at <= ${now} or s.expires_at <= ${now})`,
    }),
    verifications: sweeper('verifications', {
      table: t.verifications,
      alias: 'v',
      over: `v.expires_at <= ${now} and v.code_expires_at <= ${now}`,
    }),
    // The two dates of the user row change with its first proof, so the wait for its lock shows that.
    users: sweeper('users', {
      table: t.users,
      alias: 'u',
      over: `u.created_at <= ${cutoff} and u.sessions_ended_at <= ${cutoff} and not u.anonymous
          and exists (select from ${t.identities} i where i.user_id = u.id)
          and not exists (
            select from ${t.identities} i
            where i.user_id = u.id and (i.verified_at is not null or i.created_at > ${cutoff})
          )
          and not exists (
            select from ${t.sessions} s
            where s.user_id = u.id and s.idle_expires_at > ${now} and s.expires_at > ${now}
          )
          ${elsewhereMs === null ? '' : recentSession(t, elsewhereMs)}`,
    }),
    claims: sweeper('claims', {
      table: t.identities,
      alias: 'i',
      over: `i.verified_at is null and i.created_at <= ${cutoff}
          and exists (select from ${t.identities} o where o.user_id = i.user_id and o.verified_at is not null)`,
    }),
    messages: sweeper('messages', {
      table: t.outbox,
      alias: 'o',
      over: `(o.delivered_at <= ${cutoff} or o.failed_at <= ${cutoff}
          or (o.expires_at <= ${cutoff} and o.delivered_at is null and o.failed_at is null))`,
    }),
    attempts: sweeper('attempts', { table: t.attempts, alias: 'a', over: `a.resets_at <= ${now}` }),
  }
}

/** What each sweep measures age by, in milliseconds; the others judge by their own dates. */
function agesOf(claimsAfterMs: number): Partial<Record<keyof SweepReport, number>> {
  return { users: claimsAfterMs, claims: claimsAfterMs, messages: settledMessagesMs }
}

/**
 * Sweeps one schema. With `dryRun` it only counts. `elsewhereMs` is how long a session lives at most where none is kept
 * here, else null.
 */
export function prepareSweep(tables: Tables, elsewhereMs: number | null) {
  const all = sweepers(tables, elsewhereMs)
  const names = Object.keys(all) as (keyof SweepReport)[]

  async function removeAll(runner: Runner, prepared: Prepared, values: readonly unknown[]): Promise<number> {
    for (let total = 0; ;) {
      const count = (await runner.row(prepared, values))?.['count'] as number
      total += count
      if (count < batch) return total
    }
  }

  return (runner: Runner): Store['sweep'] =>
    async ({ dryRun, claimsAfterMs }) => {
      const report = { sessions: 0, verifications: 0, claims: 0, users: 0, messages: 0, attempts: 0 }
      const ages = agesOf(claimsAfterMs)
      for (const name of names) {
        const age = ages[name]
        const values = age === undefined ? [] : [age]
        report[name] = dryRun
          ? ((await runner.row(all[name].count, values))?.['count'] as number)
          : await removeAll(runner, all[name].remove, values)
      }
      return report
    }
}
