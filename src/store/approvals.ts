/**
 * A link that was opened in another browser than the one that requested it, in SQL: what it would do, and how
 * its holder approves the waiting browser. Redeeming the approval is in `redemption.ts`.
 *
 * Invariants: (1) an attempt at the number is counted under the row's lock before the number is compared; (2)
 * an approval belongs to one verification and is deleted with it; (3) looking at a link writes nothing; (4)
 * nothing is counted or approved once the proofs of the user have ended, according to the user's locked row.
 */

import type { ApprovalStore, VerificationType } from '../core/index.js'
import type { Row } from './queryable.js'
import { redeemableBy, stillPends, stillPendsOrDecoy } from './pending.js'
import type { Runner } from './runner.js'
import type { Tables } from './statement.js'
import { audit, isReadable, now, prepare } from './statement.js'
import { toBytes, toDate, writeBytes, writeTime } from './values.js'

// Two digits are one of ninety numbers: with more attempts than this, guessing would pay off.
const maxMatchTries = 3

/** The id of the newest live verification with a link, for this purpose and flow (SQL expressions). */
export function newestPending(t: Tables, { type, flowHash }: { type: string; flowHash: string }): string {
  return `select n.id from ${t.verifications} n
        where n.type = ${type} and n.flow_hash = ${flowHash} and n.link_hash is not null and n.expires_at > ${now}
          and ${redeemableBy('n', flowHash)}
          and ${stillPendsOrDecoy(t, 'n')}
        order by n.created_at desc, n.id limit 1`
}

function statements(t: Tables) {
  return {
    describe: prepare(
      'approval_describe',
      `select v.value, ${writeTime('v.created_at')} as created_at, host(v.requested_ip) as ip, v.requested_user_agent as user_agent,
        coalesce(v.flow_hash is null or v.flow_hash = $3::bytea, false) as same_flow,
        v.type = 'email' and i.verified_at is null
          and exists (select from ${t.passwords} p where p.user_id = u.id) as needs_password
      from ${t.verifications} v
      join ${t.users} u on u.id = v.user_id and u.disabled_at is null and ${stillPends('v', 'u')}
      join ${t.identities} i on i.id = v.identity_id
      where v.type = $1 and v.link_hash = $2::bytea and v.expires_at > ${now} and ${redeemableBy('v', '$3')}`,
    ),

    // A decoy is pending like any other verification, so waiting does not reveal whether the address is
    // known.
    pending: prepare(
      'approval_pending',
      `select v.id, v.key_version, ${writeTime('v.expires_at')} as expires_at, v.approved_at is not null as approved from ${t.verifications} v
      where v.id = (${newestPending(t, { type: `'sign_in'`, flowHash: '$1::bytea' })})`,
    ),

    countMatch: prepare(
      'approval_count_match',
      `with live as (
        select v.id, ${isReadable('v', '$2')} as readable from ${t.verifications} v
        join ${t.users} u on u.id = v.user_id and u.disabled_at is null and ${stillPends('v', 'u')}
        where v.type = 'sign_in' and v.link_hash = $1::bytea and v.expires_at > ${now} and v.flow_hash is not null
          and v.redeemed_at is null
        for no key update of u
      ),
      counted as (
        update ${t.verifications} v set match_attempts = v.match_attempts + 1
        from live where v.id = live.id and live.readable and v.match_attempts < ${maxMatchTries}
        returning v.id, v.key_version, v.flow_hash
      )
      select counted.id, counted.key_version, ${writeBytes('counted.flow_hash')} as flow_hash, live.readable
      from live left join counted on true
      where counted.id is not null or not live.readable`,
    ),

    // An attempt with the right number is given back, so that submitting the form twice costs nothing.
    approve: prepare(
      'approval_approve',
      `with person as (
        select u.id from ${t.verifications} v join ${t.users} u on u.id = v.user_id
        where v.id = $1::uuid and u.disabled_at is null and ${stillPends('v', 'u')}
        for no key update of u
      ),
      approved as (
        update ${t.verifications} v set approved_at = ${now}, match_attempts = greatest(v.match_attempts - 1, 0)
        from person p
        where v.id = $1::uuid and v.expires_at > ${now} and v.user_id = p.id and v.redeemed_at is null
        returning v.user_id, v.identity_id
      ),
      logged as (
        ${audit(t, { event: 'verification.approved', from: 'approved', user: 'user_id', identity: 'identity_id' })}
      )
      select user_id, identity_id from approved`,
    ),
  }
}

/** The approvals of one schema. */
export function prepareApprovals(tables: Tables) {
  const sql = statements(tables)
  const toPending = (row: Row) => ({ id: row['id'] as string, keyVersion: row['key_version'] as number })

  return (runner: Runner): ApprovalStore => ({
    async describe(type: VerificationType, { linkHash, flowHash }) {
      const row = await runner.row(sql.describe, [type, linkHash, flowHash])
      if (row === undefined) return null
      return {
        type,
        value: row['value'] as string,
        requestedAt: toDate(row['created_at']),
        ip: row['ip'] as string | null,
        userAgent: row['user_agent'] as string | null,
        sameFlow: row['same_flow'] as boolean,
        needsPassword: row['needs_password'] as boolean,
      }
    },

    async findPending(flowHash) {
      const row = await runner.row(sql.pending, [flowHash])
      if (row === undefined) return null
      return {
        ...toPending(row),
        expiresAt: toDate(row['expires_at']),
        approved: row['approved'] as boolean,
      }
    },

    async countMatch(linkHash, keyVersions) {
      const row = await runner.row(sql.countMatch, [linkHash, keyVersions.join(',')])
      if (row === undefined) return null
      if (row['readable'] === false) return 'unreadable'
      return { ...toPending(row), flowHash: toBytes(row['flow_hash']) }
    },

    async approve(id) {
      const row = await runner.row(sql.approve, [id])
      if (row === undefined) return null
      return { userId: row['user_id'] as string, identityId: row['identity_id'] as string }
    },
  })
}
