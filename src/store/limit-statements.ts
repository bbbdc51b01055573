/** The statements of `limits.ts`, which lists their invariants. */

import { announceNotices, queueNotices } from './after-change.js'
import { knowsBrowser, knowsBrowserOfAnybody } from './known-browsers.js'
import type { Tables } from './statement.js'
import { audit, milliseconds, now, prepare } from './statement.js'

// After more doublings than this, a pause is longer than any window.
const maxDoublings = 40
/** The cost of the most expensive toll, in units of the cheapest. */
export const maxWork = 32

/**
 * Locks the rows of the relation `asked` (budget, subject), which is sorted, one after the other. Provides
 * `held`.
 *
 * Row by row, so that a plan made for a small table never scans a large one. The rows that the relation
 * `after` writes are locked before.
 */
function lockAsked(t: Tables, after?: string): string {
  const first = after === undefined ? '' : ` and (select count(*) from ${after}) >= 0`
  return `held as materialized (
      select h.* from asked a cross join lateral (
        select * from ${t.attempts} where budget = a.budget and subject = a.subject${first} for update
      ) h
    )`
}

const askedKeys = `asked as (
      select distinct budget, subject from unnest($1::text[], $2::text[]) as charge (budget, subject)
      order by budget, subject
    )`

// A solved challenge pays a toll if it is worth at least half of the work due: the price may double while
// someone solves it. New rows are inserted without `on conflict`: a row that another node just inserted must
// roll back the whole statement.
function charge(t: Tables): string {
  const running = `held.resets_at > ${now}`
  const paysFor = `bool_and(count::bigint < 4 * $9::bigint * most or 2 * $9::integer >= ${maxWork})`
  return `asked as (
      select distinct on (budget, subject) *
      from unnest($1::text[], $2::text[], $3::integer[], $4::float8[], $5::text[])
        as charge (budget, subject, most, window_ms, beyond)
      order by budget, subject
    ),
    ${lockAsked(t)},
    judged as (
      select a.*, held.budget is not null as known,
        case when ${running} then held.count else 0 end as count,
        case when ${running} then held.resets_at else ${now} + ${milliseconds('a.window_ms')} end as resets_at,
        case when ${running} then held.held_until end as held_until
      from asked a left join held on held.budget = a.budget and held.subject = a.subject
    ),
    refusals as (
      select budget, case when count >= most then resets_at else held_until end as until
      from judged where beyond = 'refuse' and (count >= most or held_until > ${now})
    ),
    owed as (
      select max(count / most) as times, string_agg(budget, ',') as budgets, ${paysFor} as pays
      from judged where beyond = 'toll' and count >= most having count(*) > 0
    ),
    paid as (
      insert into ${t.spent} (id, expires_at)
      select $6::bytea, $8::timestamptz from owed
      where owed.pays and $7::timestamptz <= ${now} and $8::timestamptz > ${now} and $6::bytea is not null
        and not exists (select from refusals)
      on conflict do nothing returning 1
    ),
    accepted as (
      select from (select) one
      where not exists (select from refusals) and (not exists (select from owed) or exists (select from paid))
    ),
    made as (
      insert into ${t.attempts} (budget, subject, count, resets_at, charge_id)
      select budget, subject, 1, resets_at, $10::uuid
      from judged, accepted where not known order by budget, subject
    ),
    counted as (
      update ${t.attempts} h
      set count = j.count + 1, resets_at = j.resets_at, held_until = j.held_until, charge_id = $10::uuid
      from judged j, accepted where j.known and h.budget = j.budget and h.subject = j.subject
    )`
}

const verdict = `exists (select from accepted) as allowed, refusal.budget as refused, refusal.wait_ms,
      owed.times as owed_times, owed.budgets as owed,
      (select string_agg(budget, ',') from judged where beyond = 'tell' and count >= most) as exceeded,
      (select string_agg(budget, ',') from judged where beyond = 'tell' and count = most - 1) as last,
      floor(extract(epoch from ${now}) * 1000)::bigint::text as judged_ms
    from (select) one
    left join (
      select budget, ceil(extract(epoch from until - ${now}) * 1000)::bigint::text as wait_ms
      from refusals order by until desc, budget limit 1
    ) refusal on true
    left join owed on true`

function admit(t: Tables): string {
  const address = { browser: '$11::bytea', type: '$12::text', valueKey: '$13::text' }
  const anybody = knowsBrowserOfAnybody(t, '$11::bytea')
  return `with ${charge(t)}
    select case when $13::text is null then ${anybody} else ${knowsBrowser(t, address)} end as known,
      (
        select i.user_id from ${t.identities} i
        where i.type = $12::text and i.value_key = $13::text and i.verified_at is not null
      ) as user_id,
      ${verdict}`
}

/** The statements of one schema. */
export function prepareLimits(t: Tables) {
  return {
    take: prepare('limits_take', `with ${charge(t)} select ${verdict}`),
    admit: prepare('limits_admit', admit(t)),

    refund: prepare(
      'limits_refund',
      `with ${askedKeys},
      ${lockAsked(t)}
      update ${t.attempts} h set count = greatest(held.count - 1, 0), held_until = null
      from held where h.budget = held.budget and h.subject = held.subject and held.resets_at > ${now}`,
    ),

    undo: prepare(
      'limits_undo',
      `with ${askedKeys},
      ${lockAsked(t)}
      update ${t.attempts} h set count = greatest(held.count - 1, 0), charge_id = null
      from held where h.budget = held.budget and h.subject = held.subject and held.charge_id = $3::uuid`,
    ),

    // The attempt itself was counted before the secret was compared; a wrong one adds the pause after it.
    miss: prepare(
      'limits_miss',
      `with counted as (
        update ${t.knownBrowsers} set misses = misses + 1 where browser_hash = $6::bytea and user_id = $7::uuid
        returning user_id
      ),
      asked as (
        select distinct on (budget, subject) *
        from unnest($1::text[], $2::text[], $3::float8[], $4::float8[], $5::integer[])
          as charge (budget, subject, pause_ms, most_pause_ms, free)
        order by budget, subject
      ),
      ${lockAsked(t, 'counted')},
      pauses as (
        select a.budget, a.subject, ${now} + ${milliseconds(
          `least(a.pause_ms * power(2, least(held.count - a.free - 1, ${maxDoublings})), a.most_pause_ms)`,
        )} as until
        from asked a join held on held.budget = a.budget and held.subject = a.subject
        where held.count > a.free and held.resets_at > ${now}
      )
      update ${t.attempts} h set held_until = p.until, resets_at = greatest(h.resets_at, p.until)
      from pauses p where h.budget = p.budget and h.subject = p.subject`,
    ),

    knows: prepare(
      'limits_knows',
      `select from (select) one
      where ${knowsBrowser(t, { browser: '$1::bytea', type: '$2::text', valueKey: '$3::text' })}`,
    ),

    reached: prepare(
      'limits_reached',
      `with said as (
        insert into ${t.attempts} as held (budget, subject, count, resets_at)
        values ('limitReached', $1::text, 1, ${now} + interval '1 minute')
        on conflict (budget, subject) do update set resets_at = excluded.resets_at
        where held.resets_at <= ${now}
        returning subject
      ),
      logged as (
        ${audit(t, { event: 'limit.reached', from: 'said', failure: 'subject' })}
      )
      select subject from said`,
    ),

    closed: prepare(
      'limits_closed',
      `with owner as materialized (
        select u.id from ${t.users} u where u.id = $1::uuid and u.disabled_at is null for no key update
      ),
      addresses as materialized (
        select i.user_id, i.type, i.value from owner o join ${t.identities} i on i.user_id = o.id
        where i.verified_at is not null for share of i
      ),
      ${queueNotices(t, `select user_id, 'password_paused' as event, type, value from addresses`)},
      logged as (
        ${audit(t, { event: 'limit.reached', from: '(select $1::uuid as user_id) closed', user: 'closed.user_id', failure: `'passwordInARow'` })}
      )
      select ${announceNotices(t)}`,
    ),
  }
}
