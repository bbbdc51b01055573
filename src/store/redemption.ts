/**
 * Redeeming verifications in SQL: one statement finds the secret, uses it up, verifies the identity, and does
 * all that follows. A proof that was given for a browser is kept until it is settled or its session is
 * created: after a fault in between the same browser redeems it again, with no effect happening twice, except
 * that the last new password is set.
 *
 * Invariants: (1) the user's row is locked before the user's other rows, so two redemptions never deadlock,
 * and its mark decides whether the proof is still pending (`pending.ts`); (2) deleting the verification, here
 * or where its session is created, decides who wins; (3) a proof sets `verified_at` only while no other user
 * has the address, and the unique index decides a true race; (4) its loser runs again and uses up its secret.
 */

import { purposesWith } from '../core/index.js'
import type {
  EventType,
  NoticeEvent,
  Purpose,
  PurposeTable,
  Redeemed,
  VerificationStore,
  VerificationType,
} from '../core/index.js'
import { AuthError } from '../base/index.js'
import {
  announceEnding,
  announceNotices,
  endSessionsAndProofs,
  endedIds,
  queueNotices,
} from './after-change.js'
import { forgiveMisses } from './known-browsers.js'
import { momentText, proofValues, toExactDate } from './exact-time.js'
import { ownerColumns, toOwner } from './passwords.js'
import type { Row } from './queryable.js'
import { identityColumns, toIdentity, toIds, toUser, userColumns } from './rows.js'
import type { Joints } from './joints.js'
import { among, outside, valueOf } from './purposes.js'
import type { Prepared, Tables } from './statement.js'
import type { Runner } from './runner.js'
import { prepareSignInRedemption } from './sign-in-redemption.js'
import type { Kind } from './spending.js'
import {
  candidate,
  dropSpent,
  freshlySpent,
  giveBack,
  keepSpent,
  lockedCandidate,
  logRedeemed,
  sameFlowOf,
  valuesOf,
} from './spending.js'
import { audit, now, prepare } from './statement.js'

// What is removed with a first proof or a change: the replaced address, and anything that a stranger who
// began the sign-up added.
function replacing({ replaces }: PurposeConditions): Readonly<Record<Kind, string>> {
  return {
    link: `${replaces} and i.type = p.type`,
    code: `${replaces} and i.type = p.type`,
    approved: `false`,
    signUp: `true`,
  }
}

/** What the statement asks of the purpose in `$1`, as SQL. */
interface PurposeConditions {
  readonly proves: string
  readonly renews: string
  readonly renewalNotice: string
  /** The purposes that give an account back, with their event in the audit log. */
  readonly renewals: readonly (readonly [name: VerificationType, event: EventType])[]
  readonly replaces: string
  readonly replacementNotice: string
}

function conditionsOfPurposes(purposes: PurposeTable): PurposeConditions {
  const all = Object.entries(purposes) as [VerificationType, Purpose][]
  const noticesOf = (pick: (purpose: Purpose) => { readonly notice: NoticeEvent } | undefined) =>
    all.flatMap(([name, purpose]) => {
      const found = pick(purpose)
      return found === undefined ? [] : [[name, found.notice] as const]
    })
  const renewing = noticesOf(({ renews }) => renews)
  const replacing = noticesOf(({ replaces }) => replaces)
  return {
    proves: outside(
      '$1::text',
      purposesWith(purposes, ({ proves }) => proves === false),
    ),
    renews: among(
      '$1::text',
      renewing.map(([name]) => name),
    ),
    renewalNotice: valueOf('$1::text', renewing),
    renewals: all.flatMap(([name, { renews }]) =>
      renews === undefined ? [] : [[name, renews.event] as const],
    ),
    replaces: among(
      '$1::text',
      replacing.map(([name]) => name),
    ),
    replacementNotice: valueOf('$1::text', replacing),
  }
}

// The owner is notified of each sign-in that was approved for another browser, in addition to any other
// notice. If the proof is kept for its session, the statement that creates the session queues the notice.
function approvalNotice(t: Tables, kind: Kind): string {
  if (kind !== 'approved') return ''
  return `
      union all select b.user_id, 'sign_in_approved', b.type, b.value
      from (
        select i.user_id, i.type, i.value from ${t.identities} i join fresh s on s.user_id = i.user_id
        where i.verified_at is not null
        union select user_id, type, value from proven
      ) b where $7::bytea is null`
}

interface RedeemConditions {
  readonly purpose: PurposeConditions
  readonly joints: Joints
}

function loggedRenewals(t: Tables, { renewals }: PurposeConditions): string {
  return renewals
    .map(([name, event], index) => {
      const from =
        renewals.length === 1 ? 'recovered' : `(select * from recovered where $1::text = '${name}') recovered`
      return `logged_recovered${index === 0 ? '' : index} as (
      ${audit(t, { event, from, user: 'user_id', identity: 'identity_id' })}
    ),`
    })
    .join('\n    ')
}

function redeem(t: Tables, kind: Kind, { purpose, joints }: RedeemConditions): Prepared {
  const sameFlow = sameFlowOf(t)[kind]
  const renewedIf = 'v.redeemed_at is null or $4::text is not null'
  return prepare(
    `verification_redeem_${kind}`,
    `with ${lockedCandidate(t, kind, { holder: '$7', joints })},
    taken as (
      select from candidate c join ${t.identities} i on i.id = c.identity_id
      join ${t.identities} o on o.type = i.type and o.value_key = i.value_key and o.verified_at is not null
      where i.verified_at is null and ${purpose.proves}
    ),
    dropped as (
      ${dropSpent(t, kind)}
        and ($7::bytea is null or exists (select from taken))
      returning v.*
    ),
    kept as (
      ${keepSpent(t, kind, { holder: '$7', renewedIf })}
        and not exists (select from taken)
      returning v.*
    ),
    spent as (select * from dropped union all select * from kept),
    ${freshlySpent},
    prior as (select i.* from ${t.identities} i join spent s on s.identity_id = i.id),
    proven as (
      update ${t.identities} i set verified_at = ${now}, updated_at = ${now}, passwordless = false
      from prior
      where i.id = prior.id and i.verified_at is null and ${purpose.proves}
        and not exists (
          select from ${t.identities} o
          where o.type = i.type and o.value_key = i.value_key and o.verified_at is not null
        )
      returning i.*
    ),
    verdict as (
      select s.*, prior.verified_at is null and ${purpose.proves} and p.id is null as lost
      from spent s join prior on true left join proven p on true
    ),
    first as (
      select p.user_id from proven p where not exists (
        select from ${t.identities} o where o.user_id = p.user_id and o.verified_at is not null
      )
    ),
    recovered as (select user_id, identity_id from fresh where ${purpose.renews}),
    resumed as (
      select s.user_id from spent s join prior on prior.verified_at is not null
      where $4::text is not null and not exists (select from fresh)
    ),
    ${forgiveMisses(t, 'recovered.user_id', 'recovered')},
    renewed as (
      select user_id from first union select user_id from recovered union select user_id from resumed
    ),
    stored as (
      insert into ${t.passwords} as held (user_id, hash, changed_at)
      select user_id, $4::text, ${now} from renewed where $4::text is not null
      on conflict (user_id) do update set hash = excluded.hash, changed_at = excluded.changed_at
      returning user_id
    ),
    ${joints.atFirstProof({ all: kind === 'signUp' })}disarmed as (
      delete from ${t.passwords} p using first f, spent s
      where p.user_id = f.user_id and (s.type not in ('email', 'phone') or p.changed_at > s.created_at)
        and $4::text is null
      returning p.user_id
    ),
    replaced as (
      delete from ${t.identities} i using proven p
      where ${replacing(purpose)[kind]} and i.user_id = p.user_id and i.id <> p.id
      returning i.*
    ),
    ${endSessionsAndProofs(t, 'renewed', { keep: null, sparing: 'spent', at: '(select at from moment)' })},
    ${queueNotices(
      t,
      `select a.user_id, case
          when exists (select from recovered) then ${purpose.renewalNotice}
          when exists (select from first) then 'account_verified'
          when ${purpose.replaces} and exists (select from proven) then
            ${purpose.replacementNotice}
        end as event, a.type, a.value
      from (
        select i.user_id, i.type, i.value from ${t.identities} i join spent s on s.user_id = i.user_id
        where i.verified_at is not null
        union select user_id, type, value from proven
      ) a${approvalNotice(t, kind)}`,
    )},
    ${giveBack(t, '$5', '$6')},
    ${logRedeemed(t)},
    logged_proven as (
      ${audit(t, { event: 'identity.verified', from: 'proven', user: 'user_id', identity: 'id' })}
    ),
    logged_replaced as (
      ${audit(t, { event: 'identity.removed', from: 'replaced', user: 'user_id', identity: 'id' })}
    ),
    ${loggedRenewals(t, purpose)}
    logged_disarmed as (
      ${audit(t, { event: 'password.removed', from: 'disarmed', user: 'user_id' })}
    ),
    logged_password as (
      ${audit(t, { event: 'password.changed', from: 'stored', user: 'user_id' })}
    )
    select case
        when verdict.lost then 'already_claimed'
        when verdict.id is not null then 'verified'
        ${joints.plantedOutcome}when exists (select from candidate c where not coalesce(${sameFlow}, false))
          then 'confirmation_required'
        else 'invalid'
      end as outcome,
      verdict.id as verification_id, verdict.value as verification_value,
      ${userColumns('person')}, ${identityColumns('i')}, exists (select from proven) as proven,
      not exists (select from fresh) as again,
      ${endedIds} as ended, ${announceEnding(t)}, ${announceNotices(t)},
      ${momentText('coalesce(verdict.redeemed_at, moment.at)')} as redeemed_at
    from (select) one left join moment on true left join verdict on true left join person on verdict.id is not null
    left join (
      select * from proven union all select * from prior where not exists (select from proven)
    ) i on true`,
  )
}

function peek(t: Tables, kind: Kind): Prepared {
  return prepare(
    `verification_peek_${kind}`,
    `with ${candidate(t, kind, { holder: '$4' })}
    select coalesce(${sameFlowOf(t)[kind]}, false) as same_flow, ${ownerColumns(t)}
    from candidate c join ${t.users} u on u.id = c.user_id where u.disabled_at is null`,
  )
}

// The loser of a race for an address finds it taken on the second run.
const maxTries = 3

/** What the redemption is composed of. */
export interface RedemptionSettings {
  readonly purposes: PurposeTable
  readonly joints: Joints
}

/** The redeeming half of the verifications of one schema. */
export function prepareRedemption(tables: Tables, { purposes, joints }: RedemptionSettings) {
  const conditions = { purpose: conditionsOfPurposes(purposes), joints }
  const redeemSignIn = prepareSignInRedemption(tables)
  const sql = {
    redeem: {
      link: redeem(tables, 'link', conditions),
      code: redeem(tables, 'code', conditions),
      approved: redeem(tables, 'approved', conditions),
      signUp: redeem(tables, 'signUp', conditions),
    },
    settle: prepare(
      'verification_settle',
      `delete from ${tables.verifications} v
      where v.id = $1::uuid and v.redeemed_at is not null and ($2::timestamptz is null
        or $2::timestamptz = case when $3::boolean then v.redeemed_at else date_trunc('milliseconds', v.redeemed_at) end)
      returning v.id`,
    ),
    peek: { link: peek(tables, 'link'), code: peek(tables, 'code'), signUp: peek(tables, 'signUp') },
  }

  async function redeemRow(runner: Runner, prepared: Prepared, values: readonly unknown[]): Promise<Row> {
    for (let tries = 0; tries < maxTries; tries++) {
      const rows = await runner.rowsUnlessTaken(prepared, values, ['identities_verified_key'])
      const row = Array.isArray(rows) ? (rows[0] as Row) : null
      // Something was added to the account meanwhile; the next run sees it.
      if (row !== null && row['outcome'] !== 'planted') return row
    }
    throw new AuthError('unavailable', { reason: 'address_contended', retryAfterMs: 1000 })
  }

  function toVerified(row: Row, type: VerificationType): Redeemed {
    const { verification_id: id, verification_value: value } = row as Record<string, string>
    return {
      outcome: 'verified',
      user: toUser(row),
      identity: row['identity_id'] === null ? null : toIdentity(row),
      verification: { id: id as string, type, value: value as string },
      redeemedAt: toExactDate(row['redeemed_at']),
      proven: row['proven'] === true,
      renewed: row['proven'] === true || purposes[type].renews !== undefined,
      ended: toIds(row['ended'] ?? []),
      again: row['again'] as boolean,
    }
  }

  return (runner: Runner): Pick<VerificationStore, 'redeem' | 'peek' | 'settle'> => ({
    async redeem(type, by, { newPassword, holder }) {
      if (type === 'sign_in' && newPassword === null) {
        const signedIn = await redeemSignIn(runner, by, holder)
        if (signedIn !== undefined) return toVerified(signedIn, type)
      }
      const { refund, knownBrowser } = by.kind === 'code' ? by : { refund: 0, knownBrowser: null }
      const values = [...valuesOf(type, by), newPassword, refund, knownBrowser, holder]
      const row = await redeemRow(runner, sql.redeem[by.kind], values)
      const outcome = row['outcome'] as Redeemed['outcome']
      return outcome === 'verified' ? toVerified(row, type) : { outcome }
    },

    async settle(proof, redeemedAt = null) {
      return (await runner.rows(sql.settle, [proof, ...proofValues(redeemedAt)])).length > 0
    },

    async peek(type, by, holder) {
      const row = await runner.row(sql.peek[by.kind], [...valuesOf(type, by), holder])
      if (row === undefined) return null
      return row['same_flow'] === true ? toOwner(row) : 'confirmation_required'
    },
  })
}
