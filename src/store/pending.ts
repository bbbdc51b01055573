/**
 * What pends on a user and what ends it: verifications that were issued, and claims that were added, under a mark.
 *
 * A statement that waits for a lock goes on with its old snapshot, so deleting what pends misses whatever commits
 * meanwhile. Therefore a verification and a claim carry the mark `users.proofs_ended_at` as the snapshot of the statement
 * that made them saw it, and whoever uses one compares that with the mark of the user as locked.
 *
 * Invariants: (1) no two endings of one user leave the same mark, also when the clock steps back; (2) marks are compared
 * for equality alone, so no clock decides what is still good.
 */

import type { Tables } from './statement.js'
import { afterLocks } from './statement.js'

/** An assignment in an update of the users `u` that ends their pending proofs. */
export const endProofs = `proofs_ended_at = greatest(${afterLocks}, u.proofs_ended_at + interval '1 microsecond')`

/** The mark of a user as this statement's snapshot sees it; that of a user who is only just made where there is none. */
export function markSeen(tables: Tables, userId: string): string {
  return `coalesce((select seen.proofs_ended_at from ${tables.users} seen where seen.id = ${userId}), '-infinity')`
}

/**
 * Whether the verification `v` still pends for its user `u`. One that was redeemed and waits for its session pends until
 * the next ending after that.
 */
export function stillPends(v: string, u: string): string {
  return `((${v}.redeemed_at is null and ${v}.issued_under = ${u}.proofs_ended_at)
        or (${v}.redeemed_at >= ${u}.proofs_ended_at and ${v}.redeemed_at >= ${u}.sessions_ended_at))`
}

/** Whether the verification `v` was not redeemed, or by the browser `holder`, whose session it still waits for. */
export function redeemableBy(v: string, holder: string): string {
  return `(${v}.redeemed_at is null or ${v}.redeemed_by = ${holder}::bytea)`
}

/** Whether the verification `v` still pends, or is a decoy, where its user is not joined. */
export function stillPendsOrDecoy(tables: Tables, v: string): string {
  return `(${v}.user_id is null or exists (
        select from ${tables.users} owner where owner.id = ${v}.user_id and ${stillPends(v, 'owner')}
      ))`
}

/** Whether the identity `i` of the user `u` is proven, or a claim that a proof may still be issued for. */
export function stillClaimed(tables: Tables, i: string, u: string): string {
  return `(${i}.verified_at is not null or ${i}.claimed_under = ${u}.proofs_ended_at or not exists (
        select from ${tables.identities} proven where proven.user_id = ${i}.user_id and proven.verified_at is not null
      ))`
}
