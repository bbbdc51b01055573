/**
 * Issuing verifications and counting guesses in SQL. Redeeming stands in `redemption.ts`.
 *
 * Invariants: (1) a secret and its message are one statement (`request.ts`); (2) an unknown address takes the same
 * statement and gets a decoy; (3) an attempt is counted under the row's lock, so that a burst makes no more
 * comparisons than the budget.
 */

import type { CodeAttempt, VerificationStore } from '../core/index.js'
import { stillClaimed, stillPendsOrDecoy } from './pending.js'
import type { Row } from './queryable.js'
import { prepareRedemption } from './redemption.js'
import { request, requestValues } from './request.js'
import type { Runner } from './runner.js'
import type { Tables } from './statement.js'
import { audit, isReadable, now, prepare } from './statement.js'

/** The budgets of guesses. */
export interface GuessBudgets {
  readonly maxAttempts: number
  readonly maxMissesPerDay: number
}

const day = `interval '1 day'`

function statements(t: Tables) {
  const tried = `v.type = $1::text and v.value_key = $2::text and (v.flow_hash = $3::bytea or (v.flow_hash is null and $3::bytea is null))
          and v.code_expires_at > ${now} and v.attempts < $4::integer and ${stillPendsOrDecoy(t, 'v')}`
  return {
    // A disabled user's request becomes a decoy: nothing is sent, and nothing tells.
    issue: prepare(
      'verification_issue',
      `with target as (
        select i.*, u.disabled_at, i.verified_at is not null as proven, case
          when $3::text = 'email' then i.type = 'email'
          when $3::text = 'phone' then i.type = 'phone'
          when $3::text = 'sign_in' then i.type in ('email', 'phone')
          when $3::text = 'recovery' then i.type = 'email'
          when $3::text = 'email_change' then i.type = 'email' and i.verified_at is null
          when $3::text = 'phone_change' then i.type = 'phone' and i.verified_at is null
        end as fits
        from ${t.identities} i join ${t.users} u on u.id = i.user_id
        where i.id = $1::uuid and ${stillClaimed(t, 'i', 'u')}
        for key share of u
      ),
      asked as (
        select case when disabled_at is null then user_id end as user_id,
          case when disabled_at is null then id end as identity_id, type as address_type, value, value_key
        from target where fits and (proven or $3::text <> 'recovery')
      ),
      ${request(t, 2)},
      logged as (
        ${audit(t, {
          event: 'verification.issued',
          from: 'target, asked',
          user: 'target.user_id',
          identity: 'target.id',
          detail: '$3::text',
        })}
      )
      select target.user_id, target.fits, target.proven, exists (select from asked) as issued,
        pg_notify('${t.channel}', '')::text as announced
      from target`,
    ),

    issueRecovery: prepare(
      'verification_issue_recovery',
      `with owner as (
        select i.* from ${t.identities} i join ${t.users} u on u.id = i.user_id
        where i.type = 'email' and i.value_key = $1::text and i.verified_at is not null and u.disabled_at is null
        for key share of u
      ),
      asked as (
        select owner.user_id, owner.id as identity_id, 'email' as address_type,
          coalesce(owner.value, $2::text) as value, $1::text as value_key
        from (select) one left join owner on true
      ),
      ${request(t, 3)},
      logged as (
        ${audit(t, { event: 'recovery.requested', from: 'asked', user: 'user_id', identity: 'identity_id' })}
      )
      select user_id, pg_notify('${t.channel}', '')::text as announced from asked`,
    ),

    // Each comparison costs the address one of its budget. The rows are locked before the budget is asked, and a
    // row that another guess has meanwhile used up is left out.
    countAttempt: prepare(
      'verification_count_attempt',
      `with candidates as (
        select v.id from ${t.verifications} v
        where ${tried} and ${isReadable('v', '$6')}
        order by v.created_at desc, v.id limit $4::integer
        for update
      ),
      tally as (select count(*)::integer as comparisons from candidates),
      budget as (
        insert into ${t.attempts} as held (budget, subject, count, resets_at)
        select 'code', $2, comparisons, ${now} + ${day} from tally
        where comparisons >= 1 and comparisons <= $5::integer
        on conflict (budget, subject) do update set
          count = case when held.resets_at <= ${now} then excluded.count else held.count + excluded.count end,
          resets_at = case when held.resets_at <= ${now} then excluded.resets_at else held.resets_at end
        where held.resets_at <= ${now} or held.count + excluded.count <= $5::integer
        returning count
      ),
      counted as (
        update ${t.verifications} v set attempts = v.attempts + 1
        from candidates c, budget
        where v.id = c.id
        returning v.id, v.code_mac, v.key_version
      )
      select counted.*, exists (
        select from ${t.verifications} v where ${tried} and not ${isReadable('v', '$6')}
      ) as unreadable
      from (select) one left join counted on true`,
    ),

    refundAttempt: prepare(
      'verification_refund_attempt',
      `with returned as (
        update ${t.verifications} v set attempts = v.attempts - 1
        where v.id = any (string_to_array($2::text, ',')::uuid[]) and v.attempts > 0
        returning v.id
      )
      update ${t.attempts} set count = greatest(count - (select count(*) from returned)::integer, 0)
      where budget = 'code' and subject = $1`,
    ),

    recordFailure: prepare(
      'verification_record_failure',
      audit(t, {
        event: 'verification.failed',
        from: '(select $1::text as reason) failed',
        failure: 'failed.reason',
      }),
    ),
  }
}

/** The verifications of one schema. */
export function prepareVerifications(tables: Tables, budgets: GuessBudgets) {
  const redemption = prepareRedemption(tables)
  const sql = statements(tables)
  const { maxAttempts, maxMissesPerDay } = budgets
  const attemptValues = ({ type, valueKey, flowHash }: CodeAttempt): unknown[] => [type, valueKey, flowHash]

  return (runner: Runner): VerificationStore => ({
    async issue(identityId, verification) {
      const row = await runner.row(sql.issue, [identityId, ...requestValues(verification)])
      if (row === undefined) return { outcome: 'gone' }
      if (row['issued'] === true) return { outcome: 'issued', userId: row['user_id'] as string }
      return row['fits'] === true ? { outcome: 'unproven' } : { outcome: 'unfit' }
    },

    async issueRecovery({ value, valueKey }, verification) {
      const row = (await runner.row(sql.issueRecovery, [
        valueKey,
        value,
        ...requestValues(verification),
      ])) as Row
      return { userId: row['user_id'] as string | null }
    },

    async countAttempt(attempt) {
      const rows = await runner.rows(sql.countAttempt, [
        ...attemptValues(attempt),
        maxAttempts,
        maxMissesPerDay,
        attempt.keyVersions.join(','),
      ])
      const candidates = rows
        .filter((row) => row['id'] !== null)
        .map((row) => ({
          id: row['id'] as string,
          codeMac: row['code_mac'] as Uint8Array,
          keyVersion: row['key_version'] as number,
        }))
      return { candidates, unreadable: rows[0]?.['unreadable'] === true }
    },

    async refundAttempt({ valueKey }, ids) {
      await runner.rows(sql.refundAttempt, [valueKey, ids.join(',')])
    },

    async recordFailure({ type, reason }) {
      await runner.rows(sql.recordFailure, [`${type}: ${reason}`])
    },

    ...redemption(runner),
  })
}
