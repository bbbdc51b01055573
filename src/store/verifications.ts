/**
 * Issuing verifications and counting attempts in SQL. Redeeming is in `redemption.ts`.
 *
 * Invariants: (1) a secret and its message are written by one statement (`issue.ts`); (2) an unknown address
 * runs the same statement and gets a decoy; (3) an attempt is counted under the row's lock, so that a burst
 * makes no more comparisons than the limit; (4) the length of a code is checked when it is issued and again
 * when it is entered.
 */

import { AuthError } from '../base/index.js'
import { purposesWith } from '../core/index.js'
import type { CodeAttempt, PurposeTable, VerificationStore } from '../core/index.js'
import { stillClaimed, stillPendsOrDecoy } from './pending.js'
import type { Row } from './queryable.js'
import type { Joints } from './joints.js'
import { outside, quoted } from './purposes.js'
import { prepareRedemption } from './redemption.js'
import { missSubject, request, requestValues } from './issue.js'
import type { Runner } from './runner.js'
import type { Tables } from './statement.js'
import { audit, isReadable, now, prepare } from './statement.js'
import { toBytes, writeBytes } from './values.js'

/** How many wrong attempts disable a code. */
export interface GuessBudgets {
  readonly maxAttempts: number
}

/** The settings that these statements are built from. */
export interface VerificationSettings {
  readonly budgets: GuessBudgets
  readonly purposes: PurposeTable
  readonly joints: Joints
}

const day = `interval '24 hours'`

// One more than needed, for a row that was swept meanwhile.
const maxTries = 3

// Users come before their verifications, as everywhere. A query that reads `owners` first has locked them.
function lockOwners(t: Tables, condition: string): string {
  return `owners as materialized (
      select u.id from ${t.users} u
      where u.id = any (array(select v.user_id from ${t.verifications} v where ${condition}))
      order by u.id for no key update
    )`
}

/** Whether an identity `i` fits the purpose in `$3`, one line for each purpose. */
function fitting(purposes: PurposeTable): string {
  return Object.entries(purposes)
    .map(([name, { fits, only }]) => {
      const [first, ...others] = fits
      const types = others.length === 0 ? `= '${first}'` : `in (${quoted(fits)})`
      return `when $3::text = '${name}' then i.type ${types}${only === 'unproven' ? ' and i.verified_at is null' : ''}`
    })
    .join('\n          ')
}

function statements(t: Tables, purposes: PurposeTable) {
  const tried = `v.type = $1::text and v.value_key = $2::text and (v.flow_hash = $3::bytea or (v.flow_hash is null and $3::bytea is null))
          and v.code_expires_at > ${now} and v.attempts < $4::integer and ${stillPendsOrDecoy(t, 'v')}`
  const needsProof = purposesWith(purposes, ({ only }) => only === 'proven')
  const returned = `v.id = any (string_to_array($3::text, ',')::uuid[])`
  return {
    // A disabled user's request becomes a decoy: nothing is sent, and the result is the same.
    issue: prepare(
      'verification_issue',
      `with target as (
        select i.*, u.disabled_at, i.verified_at is not null as proven, case
          ${fitting(purposes)}
        end as fits
        from ${t.identities} i join ${t.users} u on u.id = i.user_id
        where i.id = $1::uuid and ${stillClaimed(t, 'i', 'u')}
        for no key update of u
      ),
      asked as (
        select case when disabled_at is null then user_id end as user_id,
          case when disabled_at is null then id end as identity_id, type as address_type, value, value_key
        from target where fits and (proven or ${outside('$3::text', needsProof)})
      ),
      ${request(t, 2)},
      logged as (
        ${audit(t, {
          event: 'verification.issued',
          from: 'target, asked',
          user: 'target.user_id',
          identity: 'target.id',
          purpose: '$3::text',
        })}
      )
      select target.user_id, target.fits, target.proven, exists (select from asked) as issued,
        (select code_length from demanded) as code_length,
        pg_notify('${t.channel}', '')::text as announced
      from target`,
    ),

    codeLength: prepare(
      'verification_code_length',
      `select ($4::integer[])[width_bucket(coalesce(held.count, 0), $3::integer[]) + 1] as code_length
      from (select) one left join ${t.attempts} held on held.budget = 'code' and held.resets_at > ${now}
        and held.subject = ${missSubject('$1::text', '$2::text')}`,
    ),

    // Each comparison counts as a wrong attempt of the day until it turns out right. The rows are locked
    // before counting and counted before checking, so that a burst makes no more comparisons than codes of
    // this length allow; a row that another attempt has used up meanwhile is skipped. A code that is now too
    // short is not compared.
    countAttempt: prepare(
      'verification_count_attempt',
      `with ${lockOwners(t, tried)},
      candidates as (
        select v.id, v.created_at from ${t.verifications} v
        where ${tried} and ${isReadable('v', '$7')} and (select count(*) from owners) >= 0
        order by v.created_at desc, v.id limit $4::integer
        for update
      ),
      tally as (select count(*)::integer as comparisons from candidates),
      held as materialized (
        select h.* from tally cross join lateral (
          select a.* from ${t.attempts} a
          where tally.comparisons > 0 and a.budget = 'code' and a.subject = ${missSubject('$5::text', '$2::text')}
          for update
        ) h
      ),
      seen as (
        select held.budget is not null as known, coalesce(held.resets_at > ${now}, false) as running,
          case when held.resets_at > ${now} then held.count else 0 end as misses
        from tally left join held on true
      ),
      judged as (
        select c.id from (
          select id, row_number() over (order by created_at desc, id) as place from candidates
        ) c, seen
        where $6::integer is null or seen.misses + c.place <= $6::integer
      ),
      taken as (select count(*)::integer as comparisons from judged),
      made as (
        insert into ${t.attempts} (budget, subject, count, resets_at)
        select 'code', ${missSubject('$5::text', '$2::text')}, taken.comparisons, ${now} + ${day}
        from taken, seen where taken.comparisons > 0 and not seen.known
      ),
      counted as (
        update ${t.attempts} a set count = seen.misses + taken.comparisons,
          resets_at = case when seen.running then a.resets_at else ${now} + ${day} end
        from taken, seen
        where taken.comparisons > 0 and a.budget = 'code' and a.subject = ${missSubject('$5::text', '$2::text')}
      ),
      tried as (
        update ${t.verifications} v set attempts = v.attempts + 1
        from judged where v.id = judged.id
        returning v.id, v.code_mac, v.key_version
      )
      select tried.id, ${writeBytes('tried.code_mac')} as code_mac, tried.key_version, exists (
        select from ${t.verifications} v where ${tried} and not ${isReadable('v', '$7')}
      ) as unreadable
      from (select) one left join tried on true`,
    ),

    refundAttempt: prepare(
      'verification_refund_attempt',
      `with ${lockOwners(t, returned)},
      returned as (
        update ${t.verifications} v set attempts = v.attempts - 1
        where ${returned} and v.attempts > 0 and (select count(*) from owners) >= 0
        returning v.id
      )
      update ${t.attempts} set count = greatest(count - (select count(*) from returned)::integer, 0)
      where budget = 'code' and subject = ${missSubject('$1::text', '$2::text')}`,
    ),

    recordFailure: prepare(
      'verification_record_failure',
      audit(t, {
        event: 'verification.failed',
        from: '(select $1::text as reason, $2::text as type, $3::bytea as mac) failed',
        failure: 'failed.reason',
        purpose: 'failed.type',
        addressMac: 'failed.mac',
      }),
    ),
  }
}

/** The verifications of one schema. */
export function prepareVerifications(tables: Tables, { budgets, purposes, joints }: VerificationSettings) {
  const redemption = prepareRedemption(tables, { purposes, joints })
  const sql = statements(tables, purposes)
  const { maxAttempts } = budgets
  const attemptValues = ({ type, valueKey, flowHash, knownBrowser }: CodeAttempt): unknown[] => [
    type,
    valueKey,
    flowHash,
    maxAttempts,
    knownBrowser,
  ]

  // The first two attempts at an address may both insert its row: the loser runs again, and finds it.
  async function countRows(runner: Runner, values: readonly unknown[]): Promise<Row[]> {
    for (let tries = 0; tries < maxTries; tries++) {
      const rows = await runner.rowsUnlessTaken(sql.countAttempt, values, ['attempts_pkey'])
      if (Array.isArray(rows)) return rows
    }
    throw new AuthError('unavailable', { reason: 'count_contended', retryAfterMs: 1000 })
  }

  return (runner: Runner): VerificationStore => ({
    async issue(identityId, verification) {
      const row = await runner.row(sql.issue, [identityId, ...requestValues(verification)])
      if (row === undefined) return { outcome: 'gone' }
      if (row['issued'] === true) {
        return {
          outcome: 'issued',
          userId: row['user_id'] as string,
          codeLength: row['code_length'] as number,
        }
      }
      return row['fits'] === true ? { outcome: 'unproven' } : { outcome: 'unfit' }
    },

    async codeLength({ valueKey, knownBrowser }, { lengthenAfter, digits }) {
      const row = (await runner.row(sql.codeLength, [knownBrowser, valueKey, lengthenAfter, digits])) as Row
      return row['code_length'] as number
    },

    async countAttempt(attempt) {
      const rows = await countRows(runner, [
        ...attemptValues(attempt),
        attempt.maxMisses,
        attempt.keyVersions.join(','),
      ])
      const candidates = rows
        .filter((row) => row['id'] !== null)
        .map((row) => ({
          id: row['id'] as string,
          codeMac: toBytes(row['code_mac']),
          keyVersion: row['key_version'] as number,
        }))
      return { candidates, unreadable: rows[0]?.['unreadable'] === true }
    },

    async refundAttempt({ knownBrowser, valueKey }, ids) {
      await runner.rows(sql.refundAttempt, [knownBrowser, valueKey, ids.join(',')])
    },

    async recordFailure({ type, reason, addressMac }) {
      await runner.rows(sql.recordFailure, [reason, type, addressMac])
    },

    ...redemption(runner),
  })
}
