/**
 * What the user database decides and records about sessions that are stored elsewhere.
 *
 * Invariants: (1) admitting a session locks the user, so that it can't slip past a disabling or an ending in
 * progress; (2) of several sessions with one proof at the same time one is admitted, and after a fault the
 * next; (3) the times that sessions are compared by come from this database's clock, with microseconds.
 */

import { AuthError, createQueryBatching, isId } from '../base/index.js'
import type { Counted, SessionId, SessionLedger } from '../core/index.js'
import { announceNotices, queueApprovalNotice } from './after-change.js'
import { rememberBrowser } from './known-browsers.js'
import { clockBehind, isClockBehind, momentText, proofValues, stillProves } from './exact-time.js'
import { toIds, toUser, userColumns } from './rows.js'
import type { Runner, RunnerScope } from './runner.js'
import type { Tables } from './statement.js'
import { afterLocks, audit, milliseconds, now, prepare, prepareUrgent, tablesOf } from './statement.js'
import type { Queryable, Row } from './queryable.js'
import { createRunner } from './runner.js'
import { toDate, writeTime } from './values.js'

// Longer than Redis may take to answer by default. After that, the node that began the session has crashed or
// given up on it.
const holdMs = 5000

function statements(t: Tables) {
  // A session is valid since it was created, or since an ending that kept it.
  const counts = (id: string, since: string): string =>
    `(${since} >= u.sessions_ended_at or (u.spared_session_id = ${id} and u.spared_at >= u.sessions_ended_at))`
  return {
    admit: prepare(
      'ledger_admit',
      `with person as (
        select id from ${t.users}
        where id = $1::uuid and disabled_at is null
          and ${stillProves('$3', '$5')} and sessions_ended_at <= ${afterLocks}
        for no key update
      ),
      waiting as (
        select v.id, v.session_id, v.held_until > ${now} as held from ${t.verifications} v
        join person on person.id = v.user_id
        where v.id = $7::uuid and v.redeemed_at is not null
        for update of v
      ),
      begun as (
        update ${t.verifications} v set session_id = $2::uuid, held_until = ${now} + ${milliseconds(String(holdMs))}
        from waiting w where v.id = w.id and w.held is not true
        returning v.id, v.approved_at
      ),
      admitted as (select id, id as user_id from person where $7::uuid is null or exists (select from begun)),
      bound as (
        update ${t.identities} i set passwordless = false, updated_at = ${now} from admitted
        where i.user_id = admitted.id and i.passwordless and i.verified_at is null
      ),
      logged as (
        ${audit(t, { event: 'session.created', from: 'admitted', user: 'id', session: '$2::uuid', ip: '$4::inet' })}
      ),
      ${rememberBrowser(t, { from: 'admitted', user: 'id', browser: '$6::bytea' })},
      ${queueApprovalNotice(t, { made: 'admitted', session: '$2::uuid', proof: 'begun' })}
      select ${announceNotices(t)}, ${writeTime(`least(coalesce($3::timestamptz, ${now}), ${now})`)} as authenticated_at, ${momentText(now)} as valid_since,
        admitted.id is not null as admitted, person.id is not null as known, waiting.id is not null as held,
        waiting.session_id as before, ${isClockBehind(t, '$1')} as clock_behind
      from (select) one left join person on true left join admitted on true left join waiting on true`,
    ),

    release: prepare(
      'ledger_release',
      `update ${t.verifications} v set held_until = null where v.id = $1::uuid and v.session_id = $2::uuid`,
    ),

    owner: prepareUrgent(
      'ledger_owner',
      `select ${writeTime(now)} as read_at, ${userColumns('u')} from ${t.users} u
      where u.id = $1::uuid and ${counts('$3::uuid', '$2::timestamptz')} and u.disabled_at is null`,
    ),

    owners: prepareUrgent(
      'ledger_owners',
      `select k.place::integer as place, ${writeTime(now)} as read_at, ${userColumns('u')}
      from unnest($1::uuid[], $2::timestamptz[], $3::uuid[]) with ordinality k (user_id, since, id, place)
      join ${t.users} u on u.id = k.user_id
      where ${counts('k.id', 'k.since')} and u.disabled_at is null`,
    ),

    standing: prepare(
      'ledger_standing',
      `select u.disabled_at is not null as disabled,
        case when u.sessions_ended_at = '-infinity' then '' else ${momentText('u.sessions_ended_at')} end as ended_at,
        case when u.spared_at >= u.sessions_ended_at then u.spared_session_id end as spared
      from ${t.users} u where u.id = $1::uuid`,
    ),

    recordRevoked: prepare(
      'ledger_record_revoked',
      audit(t, {
        event: 'session.revoked',
        from: '(select) revoked',
        user: '$1::uuid',
        session: '$2::uuid',
      }),
    ),

    recordEnded: prepare(
      'ledger_record_ended',
      `with ended as (
        select e.id::uuid as id from jsonb_array_elements_text($2::jsonb) as e (id)
        where not exists (
          select from ${t.audit} a
          where a.user_id = $1::uuid and a.event = 'session.revoked' and a.session_id = e.id::uuid
        )
      ),
      logged as (
        ${audit(t, { event: 'session.revoked', from: 'ended', user: '$1::uuid', session: 'id' })}
      )
      select coalesce(jsonb_agg(id), '[]'::jsonb) as ended from ended`,
    ),
  }
}

type Owner = Awaited<ReturnType<SessionLedger['owner']>>

const toOwner = (row: Row): Owner => ({ user: toUser(row), readAt: toDate(row['read_at']) })

// The format that `momentText` writes. Anything else is looked up separately, so that it fails nobody else's
// lookup.
const moment = /^[0-9]{4,6}-[0-9]{2}-[0-9]{2}T[0-9:.]{15}Z$/

/** Looks up owners; batches lookups that wait at the same time, if `shared` allows it. */
function createOwners(sql: ReturnType<typeof statements>, runner: Runner, shared: boolean) {
  async function one({ userId, validSince, id }: Counted): Promise<Owner> {
    const row = await runner.row(sql.owner, [userId, validSince, id])
    return row === undefined ? null : toOwner(row)
  }
  if (!shared) return one

  const together = createQueryBatching<Counted, Owner>({
    one,
    async many(looks) {
      const found = new Array<Owner>(looks.length).fill(null)
      const users = `{${looks.map(({ userId }) => userId).join()}}`
      const moments = `{${looks.map(({ validSince }) => `"${validSince}"`).join()}}`
      const ids = `{${looks.map(({ id }) => id).join()}}`
      for (const row of await runner.rows(sql.owners, [users, moments, ids])) {
        found[(row['place'] as number) - 1] = toOwner(row)
      }
      return found
    },
  })
  const isShareable = ({ userId, validSince, id }: Counted): boolean =>
    isId(userId) && isId(id) && moment.test(validSince)
  return (look: Counted) => (isShareable(look) ? together(look) : one(look))
}

/** The ledger of one schema. */
export function prepareLedger(schema: string) {
  const sql = statements(tablesOf(schema))

  function over(runner: Runner, shared: boolean): SessionLedger {
    const ownerOf = createOwners(sql, runner, shared)
    return {
      async admit({ userId, id, authenticatedAt, ip, browserHash, proof: given }) {
        const [proof, isExact] = proofValues(authenticatedAt)
        const values = [userId, id, proof, ip, isExact, browserHash, given]
        const row = (await runner.row(sql.admit, values)) as Row
        if (row['admitted'] === true) {
          return {
            validSince: row['valid_since'] as string,
            authenticatedAt: toDate(row['authenticated_at']),
            before: row['before'] as SessionId | null,
          }
        }
        if (row['clock_behind'] === true) throw clockBehind()
        if (row['known'] !== true) return null
        if (row['held'] !== true) return 'proof_used'
        throw new AuthError('unavailable', { reason: 'session_begun_meanwhile', retryAfterMs: 1000 })
      },

      async release(given, id) {
        await runner.rows(sql.release, [given, id])
      },

      owner: (session) => ownerOf(session),

      async standing(userId) {
        const row = await runner.row(sql.standing, [userId])
        if (row === undefined) return null
        return {
          endedAt: row['ended_at'] as string,
          disabled: row['disabled'] as boolean,
          spared: row['spared'] as SessionId | null,
        }
      },

      async recordRevoked(userId, id) {
        await runner.rows(sql.recordRevoked, [userId, id])
      },

      async recordEnded(userId, ids) {
        if (ids.length === 0) return []
        return toIds((await runner.row(sql.recordEnded, [userId, JSON.stringify(ids)]))?.['ended'])
      },
    }
  }

  return (queryable: Queryable, scope: RunnerScope): SessionLedger =>
    over(createRunner(queryable, scope), !scope.inTransaction)
}
