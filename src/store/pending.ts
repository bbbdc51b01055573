/**
 * How verifications and claims of a user stay pending, and what ends them: a mark on the user.
 *
 * A statement that waits for a lock continues with its old snapshot, so deleting pending rows misses those
 * that commit meanwhile. Therefore a verification and a claim store the mark `users.proofs_ended_at` as the
 * statement that created them saw it, and every use compares that with the mark on the locked user.
 *
 * Invariants: (1) no two endings of one user leave the same mark, even if the clock steps back; (2) marks are
 * only compared for equality, so no clock decides what is still valid.
 */

import type { Tables } from './statement.js'
import { afterLocks } from './statement.js'

/** An assignment in an update of the users `u` that ends their pending proofs. */
export const endProofs = `proofs_ended_at = greatest(${afterLocks}, u.proofs_ended_at + interval '1 microsecond')`

/** The mark of a user as this statement's snapshot sees it; if there is none, the mark of a new user. */
export function markSeen(tables: Tables, userId: string): string {
  return `coalesce((select seen.proofs_ended_at from ${tables.users} seen where seen.id = ${userId}), '-infinity')`
}

/**
 * Whether the verification `v` is still pending for its user `u`. One that was redeemed and waits for its
 * session stays pending until the next ending.
 */
export function stillPends(v: string, u: string): string {
  return `((${v}.redeemed_at is null and ${v}.issued_under = ${u}.proofs_ended_at)
        or (${v}.redeemed_at >= ${u}.proofs_ended_at and ${v}.redeemed_at >= ${u}.sessions_ended_at))`
}

/**
 * Whether the verification `v` was not redeemed, or was redeemed by the browser `holder`, whose session it
 * still waits for.
 */
export function redeemableBy(v: string, holder: string | null): string {
  if (holder === null) return `${v}.redeemed_at is null`
  return `(${v}.redeemed_at is null or ${v}.redeemed_by = ${holder}::bytea)`
}

/** Whether the verification `v` is still pending or is a decoy, for a query that does not join its user. */
export function stillPendsOrDecoy(tables: Tables, v: string): string {
  return `(${v}.user_id is null or exists (
        select from ${tables.users} owner where owner.id = ${v}.user_id and ${stillPends(v, 'owner')}
      ))`
}

/**
 * Whether the identity `i` of the user `u` is verified, or is a claim that a verification may still be issued
 * for.
 */
export function stillClaimed(tables: Tables, i: string, u: string): string {
  return `(${i}.verified_at is not null or ${i}.claimed_under = ${u}.proofs_ended_at or not exists (
        select from ${tables.identities} proven where proven.user_id = ${i}.user_id and proven.verified_at is not null
      ))`
}
