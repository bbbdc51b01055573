/**
 * Sessions in SQL.
 *
 * Invariants: (1) a session is live only while both of its expiry times are in the future, its user is
 * enabled, and it is not older than the last time all of the user's sessions were ended; (2) reading never
 * writes; (3) creating one locks the user, so that it can't slip past a disabling or an ending in progress;
 * (4) checks that share a statement compare each hash with the row of its own id.
 */

import type { SessionId, SessionStore, User } from '../core/index.js'
import { createQueryBatching } from '../base/index.js'
import {
  announceEnding,
  announceNotices,
  announceSession,
  endSessions,
  endedIds,
  queueApprovalNotice,
} from './after-change.js'
import { rememberBrowser } from './known-browsers.js'
import { clockBehind, isClockBehind, proofValues, stillProves } from './exact-time.js'
import { sessionColumns, toIds, toSession, toUser, userColumns } from './rows.js'
import type { Row } from './queryable.js'
import type { Runner } from './runner.js'
import type { Tables } from './statement.js'
import { afterLocks, audit, milliseconds, now, prepare, prepareUrgent } from './statement.js'
import { toDate, writeTime } from './values.js'

/** How long sessions last, in milliseconds. */
export interface SessionLifetimes {
  readonly idleMs: number
  readonly absoluteMs: number
  readonly renewEveryMs: number
  /** How many sessions a user may have; the oldest end first. */
  readonly maxPerUser: number
}

const notOver = `s.idle_expires_at > ${now} and s.expires_at > ${now}`
const live = `${notOver} and s.valid_since >= u.sessions_ended_at and u.disabled_at is null`

// More than these remain only after the maximum was lowered, or from before there was one.
const maxTrimmed = 1000

function statements(t: Tables) {
  const ofToken = `from ${t.sessions} s join ${t.users} u on u.id = s.user_id
    where s.id = $1::uuid and s.secret_hash = $2::bytea and ${live}`
  const ofTokens = `from unnest($1::uuid[], $2::bytea[]) with ordinality k (id, secret_hash, place)
    join ${t.sessions} s on s.id = k.id and s.secret_hash = k.secret_hash
    join ${t.users} u on u.id = s.user_id
    where ${live}`
  const cursor = (columns: string): string =>
    `select c.${columns} from ${t.sessions} c where c.id = $2::uuid and c.user_id = $1::uuid`
  const place = 'k.place::integer as place'
  const whole = `${writeTime(now)} as read_at, ${userColumns('u')}, ${sessionColumns('s')}`
  // Most sessions come without a proof, and every part of a statement costs time, whether or not it finds a row.
  const create = (withProof: boolean) =>
    prepare(
      withProof ? 'session_create_by_proof' : 'session_create',
      `with person as (
        select id, sessions_ended_at from ${t.users}
        where id = $1::uuid and disabled_at is null
          and ${stillProves('$4', '$10')} and sessions_ended_at <= ${afterLocks}
        for no key update
      ),
      ${
        withProof
          ? `used as (
        delete from ${t.verifications} v using person
        where v.id = $13::uuid and v.user_id = person.id and v.redeemed_at is not null
        returning v.id, v.approved_at
      ),`
          : ''
      }
      made as (
        insert into ${t.sessions} (id, user_id, secret_hash, authenticated_at, valid_since, seen_at, idle_expires_at,
          expires_at, methods, ip, user_agent, created_at)
        select $2::uuid, person.id, $3::bytea, least(coalesce($4::timestamptz, ${now}), ${now}), ${now}, ${now},
          ${now} + least(${milliseconds('$5')}, ${milliseconds('$6')}), ${now} + ${milliseconds('$6')},
          string_to_array($7::text, ','), $8::inet, $9::text, ${now}
        from person ${withProof ? 'where exists (select from used)' : ''}
        returning *
      ),
      bound as (
        update ${t.identities} i set passwordless = false, updated_at = ${now} from made
        where i.user_id = made.user_id and i.passwordless and i.verified_at is null
      ),
      logged as (
        ${audit(t, { event: 'session.created', from: 'made', user: 'user_id', session: 'id', ip: 'ip' })}
      ),
      ${rememberBrowser(t, { from: 'made', user: 'user_id', browser: '$11::bytea' })}
      ${withProof ? `, ${queueApprovalNotice(t, { made: 'made', session: 'm.id', proof: 'used' })}` : ''}
      select ${sessionColumns('made')}, ${withProof ? `${announceNotices(t)},` : ''}
        (select count(*) from (
          select from ${t.sessions} s where s.user_id = person.id and s.valid_since >= person.sessions_ended_at
          limit $12::integer
        ) others) >= $12::integer as crowded,
        person.id is not null as admitted, made.id is null and ${isClockBehind(t, '$1')} as clock_behind
      from (select) one left join made on true left join person on true`,
    )
  return {
    create: create(false),
    createByProof: create(true),

    // Those beyond the newest. A separate statement, whose snapshot shows sessions created at the same time.
    trim: prepare(
      'session_trim',
      `with person as (select id, sessions_ended_at from ${t.users} where id = $1::uuid for no key update),
      over as materialized (
        select s.id from ${t.sessions} s
        where s.user_id = $1::uuid and s.valid_since >= (select sessions_ended_at from person) and ${notOver}
        order by s.valid_since desc, s.id desc offset $2::integer limit ${maxTrimmed}
      ),
      ended as (
        delete from ${t.sessions} where id = any (array(select id from over)) returning id, user_id
      ),
      logged as (
        ${audit(t, { event: 'session.revoked', from: 'ended', user: 'user_id', session: 'id' })}
      )
      select coalesce(jsonb_agg(id), '[]'::jsonb) as ended,
        case when count(*) > 0 then pg_notify('${t.revocations}', 'u:' || $1::uuid)::text end as told
      from ended`,
    ),

    findUser: prepareUrgent('session_user', `select ${userColumns('u')} ${ofToken}`),
    find: prepareUrgent('session_find', `select ${whole} ${ofToken}`),
    findUsers: prepareUrgent('session_users', `select ${place}, ${userColumns('u')} ${ofTokens}`),
    findAll: prepareUrgent('session_find_all', `select ${place}, ${whole} ${ofTokens}`),

    // A live session that was kept is as old as the last ending, and older than all others: so this is the
    // order in which they were created.
    list: prepare(
      'session_list',
      `select ${sessionColumns('s')} from ${t.sessions} s
      where s.user_id = $1::uuid and ${notOver} and s.valid_since >= (
        select u.sessions_ended_at from ${t.users} u where u.id = $1::uuid and u.disabled_at is null
      ) and s.valid_since <= case when $2::uuid is null then 'infinity' else (${cursor('valid_since')}) end
        and ($2::uuid is null or (s.valid_since, s.id) < (${cursor('valid_since, c.id')}))
      order by s.valid_since desc, s.id desc limit $3::integer`,
    ),

    live: prepare(
      'session_live',
      `select s.id from ${t.sessions} s join ${t.users} u on u.id = s.user_id
      where s.id = any (string_to_array($2::text, ',')::uuid[]) and s.user_id = $1::uuid and ${live}`,
    ),

    touch: prepare(
      'session_touch',
      `with ${lockOwner(t, `s.id = $1::uuid and s.seen_at <= ${now} - ${milliseconds('$3')}`)}
      update ${t.sessions} s
      set seen_at = ${now}, idle_expires_at = least(${now} + ${milliseconds('$2')}, s.expires_at)
      from person u
      where s.id = $1::uuid and u.id = s.user_id and ${live} and s.seen_at <= ${now} - ${milliseconds('$3')}
      returning ${sessionColumns('s')}, ${announceSession(t, 's.id')}`,
    ),

    revokeByToken: prepare(
      'session_revoke_token',
      revokeOne(t, 's.id = $1::uuid and s.secret_hash = $2::bytea'),
    ),
    revoke: prepare('session_revoke', revokeOne(t, 's.user_id = $1::uuid and s.id = $2::uuid')),

    revokeAll: prepare(
      'session_revoke_all',
      `with person as (select id as user_id from ${t.users} where id = $1::uuid for update),
      ${endSessions(t, 'person', { id: '$2::uuid', since: '$3::timestamptz' })}
      select ${endedIds} as ended, ${announceEnding(t)} from person`,
    ),
  }
}

function toUserOrNull(row: Row | undefined): User | null {
  return row === undefined ? null : toUser(row)
}

/** What a session is looked up by, and whether to return its own columns in addition to the user's. */
interface Check {
  readonly id: SessionId
  readonly secretHash: Uint8Array
  readonly whole: boolean
}

// The form in which a token's id is read. Anything else is looked up separately, so that it fails nobody
// else's check.
const idOfToken = /^[0-9a-f]{32}$/

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** Checks sessions; batches checks that wait at the same time, if `shared` allows it. */
function createChecks(sql: ReturnType<typeof statements>, runner: Runner, shared: boolean) {
  const one = ({ id, secretHash, whole }: Check): Promise<Row | undefined> =>
    runner.row(whole ? sql.find : sql.findUser, [id, secretHash])
  if (!shared) return one

  const together = createQueryBatching<Check, Row | undefined>({
    one,
    async many(checks) {
      const found = new Array<Row | undefined>(checks.length).fill(undefined)
      // As literals, because drivers write lists of bytes slowly, and each in its own way.
      const ids = `{${checks.map(({ id }) => id).join()}}`
      const hashes = `{${checks.map(({ secretHash }) => `"\\\\x${toHex(secretHash)}"`).join()}}`
      const whole = checks.some((check) => check.whole)
      for (const row of await runner.rows(whole ? sql.findAll : sql.findUsers, [ids, hashes])) {
        found[(row['place'] as number) - 1] = row
      }
      return found
    },
  })
  return (check: Check) => (idOfToken.test(check.id) ? together(check) : one(check))
}

// The user comes before the session, as everywhere, and its state is read once it is locked.
function lockOwner(t: Tables, condition: string): string {
  return `person as (
      select u.* from ${t.users} u join ${t.sessions} s on s.user_id = u.id where ${condition} for no key update of u
    )`
}

function revokeOne(t: Tables, condition: string): string {
  return `with ${lockOwner(t, condition)},
    ended as (
      delete from ${t.sessions} s using person u
      where ${condition} and u.id = s.user_id and ${live} returning s.id, s.user_id
    ),
    logged as (
      ${audit(t, { event: 'session.revoked', from: 'ended', user: 'user_id', session: 'id' })}
    )
    select id, user_id, ${announceSession(t, 'id')} from ended`
}

/** The sessions of one schema. */
export function prepareSessions(tables: Tables, lifetimes: SessionLifetimes) {
  const sql = statements(tables)
  const { idleMs, absoluteMs, renewEveryMs, maxPerUser } = lifetimes

  return (runner: Runner, shared: boolean): SessionStore => {
    const check = createChecks(sql, runner, shared)
    return {
      async create(session) {
        const [proof, isExact] = proofValues(session.authenticatedAt)
        const values = [
          session.userId,
          session.id,
          session.secretHash,
          proof,
          idleMs,
          absoluteMs,
          session.methods.join(','),
          session.ip,
          session.userAgent,
          isExact,
          session.browserHash,
          // From half of the maximum on, so that concurrent sign-ins are seen in time.
          Math.ceil(maxPerUser / 2),
        ]
        const row = (await (session.proof === null
          ? runner.row(sql.create, values)
          : runner.row(sql.createByProof, [...values, session.proof]))) as Row
        if (row['session_id'] === null) {
          if (row['clock_behind'] === true) throw clockBehind()
          return row['admitted'] === true ? 'proof_used' : null
        }
        const made = toSession(row)
        if (row['crowded'] !== true) return { session: made, ended: [] }
        const trimmed = await runner.row(sql.trim, [session.userId, maxPerUser])
        return { session: made, ended: toIds(trimmed?.['ended']) }
      },

      findUser: (id, secretHash) => check({ id, secretHash, whole: false }).then(toUserOrNull),

      async find(id, secretHash) {
        const row = await check({ id, secretHash, whole: true })
        return row === undefined
          ? null
          : { user: toUser(row), session: toSession(row), readAt: toDate(row['read_at']) }
      },

      async list(userId, { after, limit }) {
        return (await runner.rows(sql.list, [userId, after, limit ?? maxPerUser])).map(toSession)
      },

      async findLive(userId, ids) {
        return (await runner.rows(sql.live, [userId, ids.join(',')])).map((row) => row['id'] as SessionId)
      },

      async touch(id) {
        const row = await runner.row(sql.touch, [id, idleMs, renewEveryMs])
        return row === undefined ? null : toSession(row)
      },

      async revokeByToken(id, secretHash) {
        const rows = await runner.rows(sql.revokeByToken, [id, secretHash])
        return {
          ids: rows.map((row) => row['id'] as SessionId),
          userId: (rows[0]?.['user_id'] as string | undefined) ?? null,
        }
      },

      async revoke(userId, id) {
        return (await runner.rows(sql.revoke, [userId, id])).map((row) => row['id'] as SessionId)
      },

      async revokeAll(userId, keep, keptSince = null) {
        const row = await runner.row(sql.revokeAll, [userId, keep, keptSince])
        return row === undefined ? null : toIds(row['ended'])
      },
    }
  }
}
