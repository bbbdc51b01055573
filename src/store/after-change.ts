/**
 * The effects of a change to who may sign in: sessions end, pending verifications are canceled, claims are no
 * longer found, and owners are notified. Each is a common table expression over the users of another one, so
 * that it is part of the same statement as the change.
 */

import type { Tables } from './statement.js'
import { endProofs } from './pending.js'
import { afterLocks, audit, now } from './statement.js'

/**
 * An assignment in an update of the users `u` that ends their sessions. If the clock steps back, an earlier
 * ending stays in force.
 */
export const endMark = `sessions_ended_at = greatest(${afterLocks}, u.sessions_ended_at)`

/** A session to keep, as SQL expressions. */
export interface Kept {
  readonly id: string
  /**
   * Since when it is valid, if it is stored elsewhere; null if it has a row here, which contains that time.
   */
  readonly since: string
}

// A session that is stored elsewhere is kept by the row of its user, unless an earlier ending did not keep
// it.
function spare(keep: Kept | null): string {
  if (keep === null) return ''
  const { id, since } = keep
  return `, spared_at = greatest(${afterLocks}, u.sessions_ended_at), spared_session_id = case
        when ${since} >= u.sessions_ended_at or (u.spared_session_id = ${id} and u.spared_at >= u.sessions_ended_at)
        then ${id}
      end`
}

/**
 * How many rows of ended sessions one statement deletes at most per user. The others are no longer valid, and
 * the sweep deletes them.
 */
const maxRemoved = 1000

// The previous mark is read from the locked row: sessions that it ended are not kept, deleted or announced
// again.
function mark(tables: Tables, from: string, changes: string): string {
  return `marked as (
      update ${tables.users} u set ${changes}
      from (
        select b.id, b.sessions_ended_at as ended_before from ${from} f join ${tables.users} b on b.id = f.user_id
        for update of b
      ) held
      where u.id = held.id returning u.id, u.sessions_ended_at, held.ended_before
    )`
}

/**
 * Ends the sessions of the users in `from` (a relation with `user_id`) except the session `keep`. Provides
 * the relations `marked`, `spared`, `ended` and `ended_live`.
 *
 * The mark on the user ends the sessions, whether or not their rows are deleted: it also covers a session
 * that another transaction is just creating, and those that are too many to delete at once.
 */
export function endSessions(tables: Tables, from: string, keep: Kept | null): string {
  return `${mark(tables, from, `${endMark}${spare(keep)}`)},
    ${endMarkedSessions(tables, keep)}`
}

/** The effect of ending sessions and proofs, as SQL. */
export interface ProofsEnding {
  readonly keep: Kept | null
  readonly sparing: string | null
  /** The mark, if the statement read one after taking its locks that was not there before. */
  readonly at?: string
}

/**
 * Like `endSessions`, but also ends the pending proofs of these users, except the verifications in `sparing`
 * (a relation with `id`), which their statement redeems itself. Also provides the relation `cancelled`.
 *
 * The mark decides, also for a verification that is just being issued (`pending.ts`); deleting rows only
 * frees space.
 */
export function endSessionsAndProofs(
  tables: Tables,
  from: string,
  { keep, sparing, at }: ProofsEnding,
): string {
  const marks =
    at === undefined ? `${endMark}, ${endProofs}` : `sessions_ended_at = ${at}, proofs_ended_at = ${at}`
  return `${mark(tables, from, `${marks}${spare(keep)}`)},
    ${endMarkedSessions(tables, keep)},
    ${deletePending(tables, from, sparing)}`
}

/**
 * Like `endSessions`, for a statement that has its own relation `marked` (id, sessions_ended_at,
 * ended_before).
 */
export function endMarkedSessions(tables: Tables, keep: Kept | null): string {
  const spared =
    keep === null
      ? ''
      : `spared as (
      update ${tables.sessions} s set valid_since = m.sessions_ended_at from marked m
      where s.user_id = m.id and s.id = ${keep.id} and s.valid_since >= m.ended_before returning s.id
    ),`
  return `${spared}
    ending as materialized (
      select s.id from marked m cross join lateral (
        select o.id from ${tables.sessions} o
        where o.user_id = m.id and o.valid_since >= m.ended_before
          ${keep === null ? '' : `and (o.id = ${keep.id}) is not true`}
        order by o.valid_since desc limit ${maxRemoved}
      ) s
    ),
    ended as (
      delete from ${tables.sessions} where id = any (array(select id from ending)) returning *
    ),
    ended_live as (
      select id, user_id from ended where idle_expires_at > ${now} and expires_at > ${now}
    ),
    ended_logged as (
      ${audit(tables, { event: 'session.revoked', from: 'ended_live', user: 'user_id', session: 'id' })}
    )`
}

/** The ids of the sessions that `endSessions` ended, as a JSON array. */
export const endedIds = `coalesce((select jsonb_agg(id) from ended_live), '[]'::jsonb)`

/** Signals to every node, at the commit, that this session ended or changed; a column of the final select. */
export function announceSession(tables: Tables, id: string): string {
  return `pg_notify('${tables.revocations}', 's:' || ${id})::text as told`
}

/**
 * Signals to every node, at the commit, that this user changed, unless `id` is null; a column of the final
 * select.
 */
export function announceUser(tables: Tables, id: string): string {
  return `pg_notify('${tables.revocations}', 'u:' || ${id})::text as told`
}

/** Signals to every node, at the commit, whose sessions `endSessions` ended; a column of the final select. */
export function announceEnding(tables: Tables): string {
  return `(select pg_notify('${tables.revocations}', 'u:' || id)::text from marked) as told`
}

/**
 * Deletes the verifications of the users in `from`, which their mark has ended, except the ids in `sparing`.
 */
export function deletePending(tables: Tables, from: string, sparing: string | null): string {
  return `cancelled as (
      delete from ${tables.verifications} v using ${from} f
      where v.user_id = f.user_id ${sparing === null ? '' : `and v.id not in (select id from ${sparing})`}
    )`
}

/** Makes the claims of the users in `from` unavailable to anyone who requests their address. */
export function bindClaims(tables: Tables, from: string): string {
  return `bound as (
      update ${tables.identities} i set passwordless = false, updated_at = ${now} from ${from} f
      where i.user_id = f.user_id and i.passwordless and i.verified_at is null
    )`
}

/**
 * Queues a notice to each address in `addresses`, a query of `user_id, event, type, value`. Provides
 * `notices`.
 */
export function queueNotices(tables: Tables, addresses: string): string {
  return `notices as (
      insert into ${tables.outbox} (id, user_id, event, to_type, to_value, due_at, created_at)
      select gen_random_uuid(), a.user_id, a.event, a.type, a.value, ${now}, ${now} from (${addresses}) a
      where a.event is not null and a.type in ('email', 'phone')
      returning id
    )`
}

/**
 * Queues the notice of a sign-in that was approved for another browser, with the session that its link ends.
 * `made` is a relation with `user_id`, and `proof` the redeemed verification of that session, with
 * `approved_at`. Provides `notices`.
 */
export function queueApprovalNotice(
  tables: Tables,
  about: { readonly made: string; readonly session: string; readonly proof: string },
): string {
  return `notices as (
      insert into ${tables.outbox} (id, user_id, event, to_type, to_value, session_id, due_at, created_at)
      select gen_random_uuid(), i.user_id, 'sign_in_approved', i.type, i.value, ${about.session}, ${now}, ${now}
      from ${about.proof} p, ${about.made} m join ${tables.identities} i on i.user_id = m.user_id
      where p.approved_at is not null and i.verified_at is not null and i.type in ('email', 'phone')
      returning id
    )`
}

/** Wakes the workers if `queueNotices` queued something; a column of the final select. */
export function announceNotices(tables: Tables): string {
  return `case when exists (select from notices) then pg_notify('${tables.channel}', '')::text end as announced`
}
