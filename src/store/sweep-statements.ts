/**
 * Expired rows, in SQL: for each kind of row, how a page of it is found, and how it is checked once more and
 * deleted. When that runs, and what happens if a row can't be deleted, is in `sweep.ts`.
 *
 * Invariants: (1) a page is the beginning of an index after a cursor, never a read of the whole table; (2)
 * rows are deleted only by a statement that checked them after their user was locked; (3) a row that another
 * transaction has locked is left for the next sweep.
 */

import type { SweepReport } from '../core/index.js'
import type { Joints } from './joints.js'
import { momentText } from './exact-time.js'
import type { Prepared, Tables } from './statement.js'
import { milliseconds, now, prepare } from './statement.js'

/** What the statements are composed of. */
export interface SweepSettings {
  /** The maximum lifetime of sessions that are stored elsewhere; null if they have rows here. */
  readonly elsewhereMs: number | null
  readonly joints: Pick<Joints, 'keptByNone'>
}

/** How many rows are found at a time. */
export const pageSize = 1000

/** The kinds of rows that are swept. */
export type Kind = keyof SweepReport

/**
 * The statements of one kind. In all of them, `$1` is how long ago the row must have expired, in
 * milliseconds.
 */
export interface Sweeper {
  readonly kind: Kind
  /** `$2` and `$3` are the cursor. Returns `key`, `user_id`, `reached_at` and `reached_key`. */
  readonly page: Prepared
  /** How many of the keys in `$2` have expired. Null when the page already tells. */
  readonly count: Prepared | null
  /**
   * Deletes the expired ones of the keys in `$2`; with `locksUsers`, the keys of `$3` are the locked users.
   */
  readonly remove: Prepared
  readonly locksUsers: boolean
  /** The cursor before the first row. */
  readonly start: readonly [string, string]
}

interface Source {
  readonly table: string
  readonly alias: string
  /** The columns of the index in whose order pages are found. */
  readonly time: string
  readonly key: string
  readonly keyType: 'uuid' | 'tid' | 'bigint'
  /** How the statement that removes changes the table. Default: it deletes. */
  readonly change?: string
}

const keysIn = (parameter: string, type = 'uuid'): string =>
  `any (string_to_array(${parameter}::text, ' ')::${type}[])`
const cutoff = `${now} - ${milliseconds('$1')}`
const starts = { uuid: '00000000-0000-0000-0000-000000000000', tid: '(0,0)', bigint: '0' } as const

function page(
  kind: Kind,
  source: Source,
  { over, user = 'null::uuid' }: { over: string; user?: string },
): Prepared {
  const { table, alias, time, key, keyType } = source
  return prepare(
    `sweep_page_${kind}`,
    `select ${key}::text as key, ${user}::text as user_id, ${momentText(time)} as reached_at, ${key}::text as reached_key
    from ${table} ${alias}
    where (${time}, ${key}) > ($2::timestamptz, $3::${keyType}) and ${over}
    order by ${time}, ${key} limit ${pageSize}`,
  )
}

/**
 * Rows that no other row depends on: one statement checks them, locks those that nobody else holds, and
 * deletes them.
 */
function loose(kind: Kind, source: Source, over: string): Sweeper {
  const { table, alias, key, keyType, change = `delete from ${table}` } = source
  const column = key.slice(alias.length + 1)
  return {
    kind,
    page: page(kind, source, { over }),
    count: null,
    remove: prepare(
      `sweep_${kind}`,
      `with chosen as materialized (
        select ${key} as key from ${table} ${alias}
        where ${key} = ${keysIn('$2', keyType)} and ${over}
        order by ${key} for update skip locked
      ),
      removed as (
        ${change} where ${column} = any (array(select key from chosen)) returning 1
      )
      select count(*)::integer as count from removed`,
    ),
    locksUsers: false,
    start: ['-infinity', starts[keyType]],
  }
}

/**
 * The users of a page, locked by id. Nobody can add a session or a proof to them until this transaction ends.
 */
export function prepareLock(t: Tables): Prepared {
  return prepare(
    'sweep_lock',
    `select u.id::text as id from ${t.users} u where u.id = ${keysIn('$1')} order by u.id for update skip locked`,
  )
}

// If sessions are stored elsewhere, the audit shows the last one that a user may still have.
function recentSession(t: Tables, absoluteMs: number): string {
  return `and not exists (
        select from ${t.audit} a
        where a.user_id = u.id and a.event = 'session.created'
          and a.created_at > ${now} - ${milliseconds(String(absoluteMs))}
      )`
}

// A secret that can still be redeemed keeps the row that it would verify.
const live = `(v.expires_at > ${now} or v.code_expires_at > ${now})`

function users(t: Tables, { elsewhereMs, joints }: SweepSettings): Sweeper {
  const owned = (condition: string): string =>
    `(select o.id from ${t.identities} o where o.user_id = i.user_id and ${condition} limit 1)`
  const over = `u.created_at <= ${cutoff} and u.sessions_ended_at <= ${cutoff} and not u.anonymous
      and exists (select from ${t.identities} i where i.user_id = u.id)
      and not exists (
        select from ${t.identities} i
        where i.user_id = u.id and (i.verified_at is not null or i.kept or i.created_at > ${cutoff})
      )
      and not exists (
        select from ${t.sessions} s
        where s.user_id = u.id and s.valid_since >= u.sessions_ended_at
          and s.idle_expires_at > ${now} and s.expires_at > ${now}
      )
      and not exists (select from ${t.verifications} v where v.user_id = u.id and ${live})
      ${elsewhereMs === null ? '' : recentSession(t, elsewhereMs)}${joints.keptByNone('u')}`
  return {
    ...claimPages(t, 'users', `${owned('(o.verified_at is not null or o.kept)')} is null`, 'i.user_id'),
    count: prepare(
      'sweep_count_users',
      `select count(*)::integer as count from ${t.users} u where u.id = ${keysIn('$2')} and ${over}`,
    ),
    remove: prepare(
      'sweep_users',
      `with removed as (
        delete from ${t.users} u where u.id = ${keysIn('$2')} and u.id = ${keysIn('$3')} and ${over} returning 1
      )
      select count(*)::integer as count from removed`,
    ),
  }
}

function claims(t: Tables): Sweeper {
  const over = `i.verified_at is null and not i.kept and i.created_at <= ${cutoff}
      and exists (select from ${t.identities} o where o.user_id = i.user_id and o.verified_at is not null)
      and not exists (select from ${t.verifications} v where v.identity_id = i.id and ${live})`
  const proven = `(select o.id from ${t.identities} o
      where o.user_id = i.user_id and o.verified_at is not null limit 1)`
  return {
    ...claimPages(t, 'claims', `${proven} is not null`, 'i.id'),
    count: prepare(
      'sweep_count_claims',
      `select count(*)::integer as count from ${t.identities} i where i.id = ${keysIn('$2')} and ${over}`,
    ),
    remove: prepare(
      'sweep_claims',
      `with chosen as materialized (
        select i.id from ${t.identities} i
        where i.id = ${keysIn('$2')} and i.user_id = ${keysIn('$3')} and ${over}
        order by i.id for update
      ),
      removed as (
        delete from ${t.identities} where id = any (array(select id from chosen)) returning 1
      )
      select count(*)::integer as count from removed`,
    ),
  }
}

// Pending users and unverified claims are found by the claims that were not verified in time.
function claimPages(
  t: Tables,
  kind: Kind,
  owner: string,
  key: string,
): Pick<Sweeper, 'kind' | 'page' | 'locksUsers' | 'start'> {
  return {
    kind,
    page: prepare(
      `sweep_page_${kind}`,
      `select ${key}::text as key, i.user_id::text as user_id, ${momentText('i.created_at')} as reached_at,
        i.id::text as reached_key
      from ${t.identities} i
      where (i.created_at, i.id) > ($2::timestamptz, $3::uuid) and i.created_at <= ${cutoff}
        and i.verified_at is null and not i.kept and ${owner}
      order by i.created_at, i.id limit ${pageSize}`,
    ),
    locksUsers: true,
    start: ['-infinity', starts.uuid],
  }
}

// The trigger keeps rows for as long as the settings require, by the server's own clock, regardless of a test
// clock.
const auditCutoff = (t: Tables): string =>
  `least(${now}, transaction_timestamp())
      - ${milliseconds(`greatest($1::float8, (select s.keep_ms from ${t.auditSettings} s)::float8)`)}`

/** All kinds that are swept, in this order. */
export function sweepersOf(t: Tables, settings: SweepSettings): readonly Sweeper[] {
  const audit: Source = { table: t.audit, alias: 'a', time: 'a.created_at', key: 'a.id', keyType: 'bigint' }
  return [
    // The idle expiry is never after the absolute one.
    loose(
      'sessions',
      { table: t.sessions, alias: 's', time: 's.idle_expires_at', key: 's.id', keyType: 'uuid' },
      `s.idle_expires_at <= ${cutoff}`,
    ),
    loose(
      'verifications',
      { table: t.verifications, alias: 'v', time: 'v.expires_at', key: 'v.id', keyType: 'uuid' },
      `v.expires_at <= ${cutoff} and v.code_expires_at <= ${cutoff}`,
    ),
    users(t, settings),
    claims(t),
    // Nothing is settled before it was created, so the oldest come first.
    loose(
      'messages',
      { table: t.outbox, alias: 'o', time: 'o.created_at', key: 'o.id', keyType: 'uuid' },
      `o.created_at <= ${cutoff} and (o.delivered_at <= ${cutoff} or o.failed_at <= ${cutoff}
        or (o.expires_at <= ${cutoff} and o.delivered_at is null and o.failed_at is null))`,
    ),
    loose(
      'attempts',
      { table: t.attempts, alias: 'a', time: 'a.resets_at', key: 'a.ctid', keyType: 'tid' },
      `a.resets_at <= ${cutoff}`,
    ),
    // Locked rows are skipped, so the sweep never waits for a sign-in that renews its browser.
    loose(
      'knownBrowsers',
      { table: t.knownBrowsers, alias: 'k', time: 'k.expires_at', key: 'k.ctid', keyType: 'tid' },
      `k.expires_at <= ${cutoff}`,
    ),
    loose(
      'tolls',
      { table: t.spent, alias: 'p', time: 'p.expires_at', key: 'p.ctid', keyType: 'tid' },
      `p.expires_at <= ${cutoff}`,
    ),
    loose('audit', audit, `a.created_at < ${auditCutoff(t)}`),
    // Personal data is removed before the row is.
    loose(
      'auditTraces',
      { ...audit, change: `update ${t.audit} set ip = null, user_agent = null, address_mac = null` },
      `a.created_at < ${cutoff} and (a.ip is not null or a.user_agent is not null or a.address_mac is not null)`,
    ),
  ]
}
