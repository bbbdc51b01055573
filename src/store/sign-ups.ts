/**
 * Signing up with an address in SQL, without account enumeration.
 *
 * Invariants: (1) a free and a taken address run the same single statement, and each leaves a verification
 * and a message; (2) the owner of a taken address is notified, and nothing else of theirs changes; (3) a
 * verification is sent again only for the claim that this same browser requested, under its current or
 * previous name.
 */

import type { SignUpStore } from '../core/index.js'
import { queueNotices } from './after-change.js'
import { claimWithPassword, claimValuesOf } from './identities.js'
import { stillPends } from './pending.js'
import type { Row } from './queryable.js'
import { request, requestValues } from './issue.js'
import type { Runner } from './runner.js'
import type { Tables } from './statement.js'
import { audit, prepare } from './statement.js'

function statements(t: Tables) {
  return {
    // A disabled owner gets no message: theirs is a decoy.
    create: prepare(
      'sign_up_create',
      `with ${claimWithPassword(t)},
      told as (
        select taken.* from taken join ${t.users} u on u.id = taken.user_id where u.disabled_at is null
        for no key update of u
      ),
      asked as (
        select claim.user_id, claim.id as identity_id, 'email' as address_type, $4::text as value, $5::text as value_key
        from (select) one left join claim on true
      ),
      ${request(t, 7, 'not exists (select from told)')},
      ${queueNotices(t, `select user_id, 'sign_up_repeated' as event, type, value from told`)},
      logged_issued as (
        ${audit(t, {
          event: 'verification.issued',
          from: 'claim',
          user: 'user_id',
          identity: 'id',
          purpose: '$8::text',
        })}
      ),
      logged_repeated as (
        ${audit(t, { event: 'sign_up.repeated', from: 'taken', user: 'user_id', identity: 'id' })}
      )
      select claim.user_id, claim.id as identity_id, taken.user_id as owner_id, taken.id as owned_id,
        (select code_length from demanded) as code_length, pg_notify('${t.channel}', '')::text as announced
      from (select) one left join claim on true left join taken on true`,
    ),

    repeat: prepare(
      'sign_up_repeat',
      `with held as (
        select i.* from ${t.verifications} v
        join ${t.identities} i on i.id = v.identity_id join ${t.users} u on u.id = v.user_id
        where v.type = $4::text and v.value_key = $1::text and v.flow_hash in ($5::bytea, $18::bytea)
          and i.verified_at is null and u.disabled_at is null and ${stillPends('v', 'u')}
        order by v.created_at desc, v.id limit 1
        for no key update of u
      ),
      asked as (
        select held.user_id, held.id as identity_id, 'email' as address_type,
          coalesce(held.value, $2::text) as value, $1::text as value_key
        from (select) one left join held on true
      ),
      ${request(t, 3)},
      logged as (
        ${audit(t, {
          event: 'verification.issued',
          from: 'asked',
          user: 'user_id',
          identity: 'identity_id',
          purpose: '$4::text',
        })}
      )
      select user_id, identity_id, code_length, pg_notify('${t.channel}', '')::text as announced from demanded`,
    ),
  }
}

/** The sign-ups of one schema. */
export function prepareSignUps(tables: Tables) {
  const sql = statements(tables)
  const toHolder = (userId: unknown, identityId: unknown) =>
    userId === null ? null : { userId: userId as string, identityId: identityId as string }

  return (runner: Runner): SignUpStore => ({
    async create(claim, hash, verification) {
      const values = [...claimValuesOf(claim), hash, ...requestValues(verification)]
      const row = (await runner.row(sql.create, values)) as Row
      return {
        claim: toHolder(row['user_id'], row['identity_id']),
        owner: toHolder(row['owner_id'], row['owned_id']),
        codeLength: row['code_length'] as number,
      }
    },

    async repeat({ value, valueKey, previousFlowHash }, verification) {
      const values = [valueKey, value, ...requestValues(verification), previousFlowHash]
      const row = (await runner.row(sql.repeat, values)) as Row
      return {
        claim: toHolder(row['user_id'], row['identity_id']),
        codeLength: row['code_length'] as number,
      }
    },
  })
}
