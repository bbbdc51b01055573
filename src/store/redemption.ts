/**
 * Redeeming verifications in SQL: one statement that finds the secret, spends it, proves the identity, and does all
 * that follows.
 *
 * Invariants: (1) the user's row is locked before any of the user's other rows, so that two redemptions never wait
 * for each other; (2) the deletion of the verification is the one gate: who deletes it, wins; (3) a proof sets
 * `verified_at` only while nobody else has the address, and the unique index decides a true race; (4) the loser of
 * that race runs again, sees the winner, and spends its secret.
 */

import type { RedeemBy, Redeemed, VerificationStore, VerificationType } from '../core/index.js'
import { AuthError } from '../base/index.js'
import { announceEnding, announceNotices, endSessions, endedIds, queueNotices } from './consequences.js'
import { ownerColumns, toOwner } from './passwords.js'
import type { Row } from './queryable.js'
import { identityColumns, toIdentity, toIds, toUser, userColumns } from './rows.js'
import type { Prepared, Tables } from './statement.js'
import type { Runner } from './runner.js'
import { audit, now, prepare } from './statement.js'

// $1 purpose, $2 link hash or id, $3 flow hash or code MAC, $4 hash of a new password, $5 comparisons to refund.
const conditions = {
  link: `v.type = $1::text and v.link_hash = $2::bytea and v.expires_at > ${now}`,
  code: `v.type = $1::text and v.id = $2::uuid and v.code_mac = $3::bytea and v.code_expires_at > ${now}`,
} as const

// The flow of a code was already compared when its attempt was counted.
const sameFlow = {
  link: `(c.flow_hash is null or c.flow_hash = $3::bytea)`,
  code: `true`,
} as const

type Kind = keyof typeof conditions

function redeem(t: Tables, kind: Kind): Prepared {
  return prepare(
    `verification_redeem_${kind}`,
    `with candidate as (select v.* from ${t.verifications} v where ${conditions[kind]}),
    person as (
      select u.* from ${t.users} u join candidate c on c.user_id = u.id
      where u.disabled_at is null and ${sameFlow[kind]}
      for update of u
    ),
    spent as (
      delete from ${t.verifications} v using person p
      where ${conditions[kind]} and v.user_id = p.id
      returning v.*
    ),
    prior as (select i.* from ${t.identities} i join spent s on s.identity_id = i.id),
    proven as (
      update ${t.identities} i set verified_at = ${now}, updated_at = ${now}, passwordless = false
      from prior
      where i.id = prior.id and i.verified_at is null and $1::text <> 'recovery'
        and not exists (
          select from ${t.identities} o
          where o.type = i.type and o.value_key = i.value_key and o.verified_at is not null
        )
      returning i.*
    ),
    verdict as (
      select s.*, prior.verified_at is null and $1::text <> 'recovery' and p.id is null as lost
      from spent s join prior on true left join proven p on true
    ),
    first as (
      select p.user_id from proven p where not exists (
        select from ${t.identities} o where o.user_id = p.user_id and o.verified_at is not null
      )
    ),
    recovered as (select user_id from spent where $1::text = 'recovery'),
    renewed as (select user_id from first union select user_id from recovered),
    stored as (
      insert into ${t.passwords} as held (user_id, hash, changed_at)
      select user_id, $4::text, ${now} from recovered where $4::text is not null
      on conflict (user_id) do update set hash = excluded.hash, changed_at = excluded.changed_at
      returning user_id
    ),
    disarmed as (
      delete from ${t.passwords} p using first f, spent s
      where p.user_id = f.user_id and (s.type not in ('email', 'phone') or p.changed_at > s.created_at)
    ),
    replaced as (
      delete from ${t.identities} i using proven p
      where $1::text in ('email_change', 'phone_change')
        and i.user_id = p.user_id and i.type = p.type and i.id <> p.id
      returning i.*
    ),
    ${endSessions(t, 'renewed', null)},
    cancelled as (
      delete from ${t.verifications} v using renewed r
      where v.user_id = r.user_id and v.id not in (select id from spent)
    ),
    ${queueNotices(
      t,
      `select a.user_id, case
          when exists (select from recovered) then 'account_recovered'
          when exists (select from first) then 'account_verified'
          when $1::text in ('email_change', 'phone_change') and exists (select from proven) then
            case $1::text when 'email_change' then 'email_changed' else 'phone_changed' end
        end as event, a.type, a.value
      from (
        select i.user_id, i.type, i.value from ${t.identities} i join spent s on s.user_id = i.user_id
        where i.verified_at is not null
        union select user_id, type, value from proven
      ) a`,
    )},
    refunded as (
      update ${t.attempts} a set count = greatest(a.count - $5::integer, 0) from spent s
      where a.budget = 'code' and a.subject = s.value_key and $5::integer > 0
    ),
    logged_redeemed as (
      ${audit(t, { event: 'verification.redeemed', from: 'spent', user: 'user_id', identity: 'identity_id', detail: 'type' })}
    ),
    logged_proven as (
      ${audit(t, { event: 'identity.verified', from: 'proven', user: 'user_id', identity: 'id' })}
    ),
    logged_replaced as (
      ${audit(t, { event: 'identity.removed', from: 'replaced', user: 'user_id', identity: 'id' })}
    ),
    logged_recovered as (
      ${audit(t, { event: 'account.recovered', from: 'recovered', user: 'user_id' })}
    ),
    logged_password as (
      ${audit(t, { event: 'password.changed', from: 'stored', user: 'user_id' })}
    )
    select case
        when verdict.lost then 'already_claimed'
        when verdict.id is not null then 'verified'
        when exists (select from candidate c where c.user_id is not null and not coalesce(${sameFlow[kind]}, false))
          then 'confirmation_required'
        else 'invalid'
      end as outcome,
      verdict.id as verification_id, verdict.value as verification_value,
      ${userColumns('person')}, ${identityColumns('i')}, exists (select from proven) as proven,
      ${endedIds} as ended, ${announceEnding(t)}, ${announceNotices(t)}
    from (select) one
    left join verdict on true left join person on verdict.id is not null
    left join (
      select * from proven union all select * from prior where not exists (select from proven)
    ) i on true`,
  )
}

function peek(t: Tables, kind: Kind): Prepared {
  return prepare(
    `verification_peek_${kind}`,
    `with candidate as (select v.* from ${t.verifications} v where ${conditions[kind]})
    select coalesce(${sameFlow[kind]}, false) as same_flow, ${ownerColumns(t)}
    from candidate c join ${t.users} u on u.id = c.user_id where u.disabled_at is null`,
  )
}

function valuesOf(type: VerificationType, by: RedeemBy): unknown[] {
  return 'linkHash' in by ? [type, by.linkHash, by.flowHash] : [type, by.id, by.codeMac]
}

// Whoever loses the race for an address finds it taken at the second try.
const mostTries = 3

/** The redeeming half of the verifications of one schema. */
export function prepareRedemption(tables: Tables) {
  const sql = {
    redeem: { link: redeem(tables, 'link'), code: redeem(tables, 'code') },
    peek: { link: peek(tables, 'link'), code: peek(tables, 'code') },
  }
  const kindOf = (by: RedeemBy): Kind => ('linkHash' in by ? 'link' : 'code')

  async function redeemRow(runner: Runner, prepared: Prepared, values: readonly unknown[]): Promise<Row> {
    for (let tries = 0; tries < mostTries; tries++) {
      const rows = await runner.rowsUnlessTaken(prepared, values, ['identities_verified_key'])
      if (Array.isArray(rows)) return rows[0] as Row
    }
    throw new AuthError('unavailable', { reason: 'address_contended', retryAfterMs: 1000 })
  }

  return (runner: Runner): Pick<VerificationStore, 'redeem' | 'peek'> => ({
    async redeem(type, by, newPassword) {
      const refund = 'refund' in by ? by.refund : 0
      const values = [...valuesOf(type, by), newPassword?.hash ?? null, refund]
      const row = await redeemRow(runner, sql.redeem[kindOf(by)], values)
      const outcome = row['outcome'] as Redeemed['outcome']
      if (outcome !== 'verified') return { outcome }
      const { verification_id: id, verification_value: value } = row as Record<string, string>
      return {
        outcome,
        user: toUser(row),
        identity: row['identity_id'] === null ? null : toIdentity(row),
        verification: { id: id as string, type, value: value as string },
        proven: row['proven'] as boolean,
        ended: toIds(row['ended']),
      }
    },

    async peek(type, by) {
      const row = await runner.row(sql.peek[kindOf(by)], valuesOf(type, by))
      if (row === undefined) return null
      return row['same_flow'] === true ? toOwner(row) : 'confirmation_required'
    },
  })
}
