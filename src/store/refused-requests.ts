/**
 * Audit rows for refused requests.
 *
 * Invariant: a reason and a subject write at most one row a minute, however many requests and nodes: the
 * statement that writes locks and checks the row of `attempts`.
 */

import type { Actor, Refusals } from '../core/index.js'
import type { Runner } from './runner.js'
import type { Tables } from './statement.js'
import { audit, now, prepare } from './statement.js'

/** The refusals of one schema; `runnerOf` returns a runner that records an actor. */
export function createRefusals(runnerOf: (actor: Actor) => Runner, t: Tables): Refusals {
  const record = prepare(
    'refusals_record',
    `with said as (
      insert into ${t.attempts} as held (budget, subject, count, resets_at)
      values ('refused', $1::text || ' ' || $2::text, 1, ${now} + interval '1 minute')
      on conflict (budget, subject) do update set resets_at = excluded.resets_at
      where held.resets_at <= ${now}
      returning 1
    ),
    logged as (
      ${audit(t, {
        event: 'request.refused',
        from: '(select $1::text as reason from said) refused',
        user: `case when actor_type = 'user' then actor_id end`,
        failure: 'refused.reason',
      })}
    )
    select from said`,
  )

  return {
    async record({ reason, subject }, actor) {
      return (await runnerOf(actor).row(record, [reason, subject])) !== undefined
    },
  }
}
