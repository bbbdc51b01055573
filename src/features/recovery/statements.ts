/** The one statement of a recovery request. Redeeming is the kernel's statement, by the properties of the purpose. */

import type { NewVerification } from '../../core/index.js'
import { audit, prepare, request, requestValues } from '../../store/index.js'
import type { Runner, Tables } from '../../store/index.js'

/** The statements of recovery. */
export interface RecoveryStatements {
  /**
   * Sends a secret to the verified address. An unknown address runs the same statement and gets a decoy.
   * Returns the number of digits of the code.
   */
  request(
    address: { readonly value: string; readonly key: string },
    verification: NewVerification,
  ): Promise<number>
}

/** Prepares them. */
export function prepareRecovery(t: Tables): (runner: Runner) => RecoveryStatements {
  const issued = prepare(
    'verification_issue_recovery',
    `with owner as (
        select i.* from ${t.identities} i join ${t.users} u on u.id = i.user_id
        where i.type = 'email' and i.value_key = $1::text and i.verified_at is not null and u.disabled_at is null
        for no key update of u
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
      select user_id, code_length, pg_notify('${t.channel}', '')::text as announced from demanded`,
  )
  return (runner) => ({
    async request({ value, key }, verification) {
      const row = await runner.row(issued, [key, value, ...requestValues(verification)])
      return row?.['code_length'] as number
    },
  })
}
