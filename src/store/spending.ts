/**
 * Parts of redeeming a verification in SQL: what finds it, what locks it, and what uses it up. Two statements
 * share them: the one that judges everything (`redemption.ts`), and that of the usual sign-in.
 *
 * Invariants: (1) the user's row is locked before the user's other rows, and its mark decides whether the
 * proof is still pending (`pending.ts`); (2) a proof that is kept for a browser is redeemable by no other one.
 */

import type { RedeemBy, VerificationType } from '../core/index.js'
import { newestPending } from './approvals.js'
import { missSubject } from './issue.js'
import { noJoints } from './joints.js'
import type { PlantingJoints } from './joints.js'
import { redeemableBy, stillPends } from './pending.js'
import type { Tables } from './statement.js'
import { afterLocks, audit, now } from './statement.js'

/** What a verification is found by. */
export type Kind = RedeemBy['kind']

// $1 purpose, $2 what finds it, $3 what it is compared with, $4 hash of a new password, $5 comparisons to
// refund, $6 the known browser whose count gets them, $7 the browser that may redeem it again until it has
// its session.
function conditionsOf(t: Tables): Readonly<Record<Kind, string>> {
  const link = `v.type = $1::text and v.link_hash = $2::bytea and v.expires_at > ${now}`
  return {
    link,
    code: `v.type = $1::text and v.id = $2::uuid and v.code_mac = $3::bytea and v.code_expires_at > ${now}`,
    // Only the newest, which is the one whose number the browser shows.
    approved: `v.type = $1::text and v.flow_hash = $2::bytea and v.approved_at is not null and v.expires_at > ${now}
      and v.id = (${newestPending(t, { type: '$1::text', flowHash: '$2::bytea' })})`,
    signUp: link,
  }
}

/**
 * Whether this is the right browser. The flow of a code was already compared when its attempt was counted,
 * and that of an approval finds it. Another browser may finish a sign-up only if its user has never verified
 * anything.
 */
export function sameFlowOf(t: Tables): Readonly<Record<Kind, string>> {
  return {
    link: `(c.flow_hash is null or c.flow_hash = $3::bytea)`,
    code: `true`,
    approved: `true`,
    signUp: `(not exists (
        select from ${t.identities} o where o.user_id = c.user_id and o.verified_at is not null
          and (c.redeemed_at is null or o.id <> c.identity_id)
      ))`,
  }
}

/** How a candidate is found. */
export interface CandidateSettings {
  /** The browser that may redeem it again; a parameter. */
  readonly holder: string | null
  /** What features ask of a first proof. Without it, nothing is asked. */
  readonly joints?: PlantingJoints
}

/**
 * The verification that is asked for, if it is still pending. Not every kind compares something, so $3 is
 * referenced where all of them see it.
 */
export function candidate(t: Tables, kind: Kind, { holder, joints = noJoints }: CandidateSettings): string {
  return `candidate as (
      select v.*, $3::bytea as compared${joints.seen} from ${t.verifications} v join ${t.users} owner on owner.id = v.user_id
      where ${conditionsOf(t)[kind]} and ${stillPends('v', 'owner')} and ${redeemableBy('v', holder)}
    )`
}

/** The candidate and its locked user, and a time that comes after each of this user's endings. */
export function lockedCandidate(t: Tables, kind: Kind, settings: CandidateSettings): string {
  const { joints = noJoints } = settings
  return `${candidate(t, kind, settings)},
    ${joints.person} as (
      select u.* from ${t.users} u join candidate c on c.user_id = u.id
      where u.disabled_at is null and ${stillPends('c', 'u')} and ${sameFlowOf(t)[kind]}
      for update of u
    ),
    ${joints.unplanted}moment as (
      select greatest(${afterLocks}, p.sessions_ended_at, p.proofs_ended_at + interval '1 microsecond') as at from person p
    )`
}

/** Uses up the verification of `person`; a condition may follow. */
export function dropSpent(t: Tables, kind: Kind): string {
  return `delete from ${t.verifications} v using person p
      where ${conditionsOf(t)[kind]} and v.user_id = p.id and v.redeemed_at is null`
}

// A right code never uses up an attempt, however often it is entered.
const tryGivenBack = ', attempts = greatest(v.attempts - 1, 0)'

/**
 * Keeps the verification of `person` for the browser `holder`, with a new time if `renewedIf`; a condition
 * may follow.
 */
export function keepSpent(
  t: Tables,
  kind: Kind,
  { holder, renewedIf }: { readonly holder: string; readonly renewedIf: string },
): string {
  return `update ${t.verifications} v set redeemed_by = ${holder}::bytea${kind === 'code' ? tryGivenBack : ''},
        redeemed_at = case when ${renewedIf} then m.at else v.redeemed_at end
      from person p, moment m
      where ${conditionsOf(t)[kind]} and v.user_id = p.id and ${redeemableBy('v', holder)} and ${holder}::bytea is not null`
}

/** What was spent now, and not by an earlier try of the same browser. Provides `fresh`. */
export const freshlySpent = `fresh as (
      select s.* from spent s, moment m, candidate c
      where s.redeemed_at is null or (s.redeemed_at = m.at and c.redeemed_at is null)
    )`

/** Gives the comparisons of a right code back. Provides `refunded`. */
export function giveBack(t: Tables, count: string, knownBrowser: string): string {
  return `refunded as (
      update ${t.attempts} a set count = greatest(a.count - ${count}::integer, 0) from spent s
      where a.budget = 'code' and a.subject = ${missSubject(`${knownBrowser}::text`, 's.value_key')} and ${count}::integer > 0
    )`
}

/** Records what was spent. Provides `logged_redeemed`. */
export function logRedeemed(t: Tables): string {
  return `logged_redeemed as (
      ${audit(t, { event: 'verification.redeemed', from: 'fresh', user: 'user_id', identity: 'identity_id', purpose: 'type' })}
    )`
}

/** The first three parameters. */
export function valuesOf(type: VerificationType, by: RedeemBy): unknown[] {
  switch (by.kind) {
    case 'link':
      return [type, by.linkHash, by.flowHash]
    case 'code':
      return [type, by.id, by.codeMac]
    case 'approved':
      return [type, by.flowHash, null]
    case 'signUp':
      return [type, by.linkHash, null]
  }
}
