/**
 * Requesting a sign-in without a password in SQL.
 *
 * Invariants: (1) a known, an unknown and a disabled address run the same single statement, and each leaves a
 * verification and a message; (2) a disabled user gets a decoy; (3) the user of a known address is locked
 * before any of their rows is written.
 */

import type { SignInStore } from '../core/index.js'
import { claimValuesOf, findOrClaim, untilSettled } from './identities.js'
import { request, requestValues } from './issue.js'
import type { Runner } from './runner.js'
import type { Tables } from './statement.js'
import { audit, prepare } from './statement.js'

function statements(t: Tables) {
  return {
    request: prepare(
      'sign_in_request',
      `with ${findOrClaim(t)},
      held as (
        select i.id, i.user_id, i.value, u.disabled_at
        from (select * from found union all select * from free) i join ${t.users} u on u.id = i.user_id
        for no key update of u
      ),
      target as (
        select user_id, id as identity_id, value, disabled_at is null as enabled, false as created from held
        union all
        select user_id, id, value, true, true from claim
      ),
      asked as (
        select case when enabled then user_id end as user_id, case when enabled then identity_id end as identity_id,
          $3::text as address_type, value, $5::text as value_key
        from target
      ),
      ${request(t, 6)},
      logged_issued as (
        ${audit(t, {
          event: 'verification.issued',
          from: 'target',
          user: 'user_id',
          identity: 'identity_id',
          purpose: '$7::text',
        })}
      )
      select user_id, identity_id, created, (select code_length from demanded) as code_length,
        pg_notify('${t.channel}', '')::text as announced from target`,
    ),
  }
}

/** The sign-in requests of one schema. */
export function prepareSignIns(tables: Tables) {
  const sql = statements(tables)

  return (runner: Runner): SignInStore => ({
    async request(claim, verification) {
      const values = [...claimValuesOf(claim), ...requestValues(verification)]
      const row = await untilSettled(() => runner.row(sql.request, values))
      return {
        userId: row['user_id'] as string,
        identityId: row['identity_id'] as string,
        codeLength: row['code_length'] as number,
        created: row['created'] as boolean,
      }
    },
  })
}
