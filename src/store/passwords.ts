/**
 * Passwords in SQL: the only table that contains hashes, and the few statements that read it.
 *
 * Invariants: (1) a hash is only found by a verified identity; (2) a sign-in is completed by a statement that
 * locks the hash and its user, and sees whether either changed, or is just changing, since the password was
 * compared; (3) a change and its effects are one statement.
 */

import type { PasswordStore } from '../core/index.js'
import {
  announceEnding,
  announceNotices,
  bindClaims,
  endSessionsAndProofs,
  endedIds,
  queueNotices,
} from './after-change.js'
import { forgiveMisses } from './known-browsers.js'
import { momentText, toExactDate } from './exact-time.js'
import type { Row } from './queryable.js'
import { identityColumns, toAccount, toIds, toUser, userColumns } from './rows.js'
import type { Runner } from './runner.js'
import type { Tables } from './statement.js'
import { audit, now, prepare } from './statement.js'

/** The columns of a `PasswordOwner`, from the users' table alias `u`. */
export function ownerColumns(t: Tables): string {
  return `${userColumns('u')},
    (select p.hash from ${t.passwords} p where p.user_id = u.id) as password_hash,
    (select coalesce(jsonb_agg(i.value), '[]'::jsonb) from ${t.identities} i where i.user_id = u.id) as addresses`
}

/** The `PasswordOwner` of a row. */
export function toOwner(row: Row) {
  return {
    user: toUser(row),
    addresses: toIds(row['addresses']),
    hash: row['password_hash'] as string | null,
  }
}

// The prefix of our own hashes; `passwords_foreign_idx` contains the others.
const isForeign = `left(p.hash, 31) <> '$argon2id$v=19$m=19456,t=2,p=1$'`
const maxForeign = 20

function statements(t: Tables) {
  const enabledUser = `select id from ${t.users} where id = $1::uuid and disabled_at is null for no key update`
  const confirm = (columns: string): string =>
    `with person as (${enabledUser})
      select ${columns} from ${t.passwords} p join person on person.id = p.user_id where p.hash = $2 for share of p`
  return {
    find: prepare(
      'password_find',
      `select ${momentText(now)} as read_at, p.hash as password_hash, ${userColumns('u')}, ${identityColumns('i')},
        (select coalesce(jsonb_agg(f.hash), '[]'::jsonb) from (
          select p.hash from ${t.passwords} p where ${isForeign} order by p.user_id limit ${maxForeign}
        ) f) as foreign_hashes
      from (select) one left join (
        ${t.identities} i join ${t.users} u on u.id = i.user_id join ${t.passwords} p on p.user_id = u.id
      ) on i.type = $1 and i.value_key = $2 and i.verified_at is not null`,
    ),

    // Nothing is recorded for a successful sign-in: the session that follows is. Both rows are locked, so
    // that it waits for a change in progress and sees its result.
    confirm: prepare('password_confirm', confirm('1 as confirmed')),
    // As a transaction of its own it has no change to keep, so its commit doesn't wait for the disk.
    confirmAlone: prepare('password_confirm', confirm(`set_config('synchronous_commit', 'off', true)`)),

    rehash: prepare(
      'password_rehash',
      `with person as (${enabledUser})
      update ${t.passwords} p set hash = $3 from person where p.user_id = person.id and p.hash = $2
      returning 1`,
    ),

    recordFailure: prepare(
      'password_record_failure',
      audit(t, {
        event: 'sign_in.failed',
        from: '(select $1::uuid as user_id, $2::text as reason, $3::bytea as mac) failed',
        user: 'failed.user_id',
        failure: 'failed.reason',
        addressMac: 'failed.mac',
      }),
    ),

    owner: prepare('password_owner', `select ${ownerColumns(t)} from ${t.users} u where u.id = $1::uuid`),

    set: prepare(
      'password_set',
      `with person as (select id as user_id from ${t.users} where id = $1::uuid for update),
      stored as (
        insert into ${t.passwords} as held (user_id, hash, changed_at)
        select user_id, $2::text, ${now} from person where $3::text is null
        on conflict (user_id) do update set hash = excluded.hash, changed_at = excluded.changed_at
        returning user_id
      ),
      replaced as (
        update ${t.passwords} p set hash = $2::text, changed_at = ${now} from person
        where p.user_id = person.user_id and p.hash = $3::text
        returning p.user_id
      ),
      changed as (select user_id from stored union all select user_id from replaced),
      ${forgiveMisses(t, 'changed.user_id', 'changed')},
      ${endSessionsAndProofs(t, 'changed', {
        keep: { id: '$4::uuid', since: '$5::timestamptz' },
        sparing: null,
      })},
      ${bindClaims(t, 'changed')},
      ${queueNotices(
        t,
        `select i.user_id, 'password_changed' as event, i.type, i.value
        from ${t.identities} i join changed c on c.user_id = i.user_id where i.verified_at is not null`,
      )},
      logged as (
        ${audit(t, { event: 'password.changed', from: 'changed', user: 'user_id' })}
      )
      select ${endedIds} as ended, ${announceEnding(t)}, ${announceNotices(t)} from changed`,
    ),
  }
}

/** The passwords of one schema. */
export function preparePasswords(tables: Tables) {
  const sql = statements(tables)

  return (runner: Runner, inTransaction: boolean): PasswordStore => ({
    async find(type, valueKey) {
      const row = (await runner.row(sql.find, [type, valueKey])) as Row
      const readAt = toExactDate(row['read_at'])
      const hash = row['password_hash'] as string | null
      const foreignHashes = toIds(row['foreign_hashes'])
      return hash === null ? { readAt, foreignHashes } : { ...toAccount(row), hash, readAt, foreignHashes }
    },

    async confirm({ userId, hash, rehashed }) {
      const row =
        rehashed === null
          ? await runner.row(inTransaction ? sql.confirm : sql.confirmAlone, [userId, hash])
          : await runner.row(sql.rehash, [userId, hash, rehashed])
      return row !== undefined
    },

    async recordFailure({ userId, reason, addressMac }) {
      await runner.rows(sql.recordFailure, [userId, reason, addressMac])
    },

    async owner(userId) {
      const row = await runner.row(sql.owner, [userId])
      return row === undefined ? null : toOwner(row)
    },

    async set({ userId, hash, replacing, keep, keptSince }) {
      const row = await runner.row(sql.set, [userId, hash, replacing, keep, keptSince ?? null])
      return row === undefined ? null : { ended: toIds(row['ended']) }
    },
  })
}
