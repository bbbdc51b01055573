/**
 * Users in SQL.
 *
 * Invariants: (1) a profile is changed on the locked row, so that parallel edits of different keys are all
 * kept; (2) deleting a user also deletes all of their data except the audit (foreign keys); (3) disabling
 * ends every session and cancels every pending verification in its own statement.
 */

import type { JsonObject, JsonPatch, NewImport, ProfilePatch, UserStore } from '../core/index.js'
import { metadataLimit } from '../core/index.js'
import {
  announceEnding,
  announceUser,
  bindClaims,
  deletePending,
  endMark,
  endMarkedSessions,
  endedIds,
} from './after-change.js'
import { endProofs } from './pending.js'
import { identityColumns, toIdentity, toIds, toJson, toUser, userColumns } from './rows.js'
import type { Runner } from './runner.js'
import type { Tables } from './statement.js'
import { audit, now, prepare } from './statement.js'

// Changes a JSON object key by key: cleared, extended, then stripped of removed keys.
function patched(column: string, clear: string, set: string, remove: string): string {
  return `(case when ${clear}::boolean then '{}'::jsonb else ${column} end || ${set}::jsonb)
    - array(select jsonb_array_elements_text(${remove}::jsonb))`
}

function patchValues(patch: JsonPatch | undefined): unknown[] {
  if (patch === undefined) return [false, '{}', '[]']
  return [patch.clear, JSON.stringify(patch.set), JSON.stringify(patch.remove)]
}

function statements(t: Tables) {
  const updated = audit(t, { event: 'user.updated', from: 'changed', user: 'id' })
  return {
    get: prepare('user_get', `select ${userColumns('u')} from ${t.users} u where u.id = $1::uuid`),
    getByUsername: prepare(
      'user_get_by_username',
      `select ${userColumns('u')} from ${t.users} u where u.username_key = $1`,
    ),
    list: prepare(
      'user_list',
      `select ${userColumns('u')} from ${t.users} u
      where $1::uuid is null or (u.created_at, u.id) < (select l.created_at, l.id from ${t.users} l where l.id = $1::uuid)
      order by u.created_at desc, u.id desc limit $2::integer`,
    ),

    updateProfile: prepare(
      'user_update_profile',
      `with person as (select * from ${t.users} where id = $1::uuid for no key update),
      wanted as (
        select id, case when $2::boolean then $3::text else name end as name,
          case when $4::boolean then $5::text else username end as username,
          case when $4::boolean then $6::text else username_key end as username_key,
          ${patched('metadata', '$7', '$8', '$9')} as metadata
        from person
      ),
      changed as (
        update ${t.users} u set name = w.name, username = w.username, username_key = w.username_key,
          metadata = w.metadata, updated_at = ${now}
        from wanted w where u.id = w.id and octet_length(w.metadata::text) <= $10::integer
        returning u.*
      ),
      logged as (${updated})
      select exists (select from changed) as changed, ${announceUser(t, 'u.id')}, ${userColumns('u')}
      from person left join changed u on true`,
    ),

    getPrivateMetadata: prepare(
      'user_get_private_metadata',
      `select private_metadata from ${t.users} where id = $1::uuid`,
    ),
    patchPrivateMetadata: prepare(
      'user_patch_private_metadata',
      `with person as (select * from ${t.users} where id = $1::uuid for no key update),
      wanted as (select id, ${patched('private_metadata', '$2', '$3', '$4')} as metadata from person),
      changed as (
        update ${t.users} u set private_metadata = w.metadata, updated_at = ${now}
        from wanted w where u.id = w.id and octet_length(w.metadata::text) <= $5::integer
        returning u.*
      ),
      logged as (${updated})
      select exists (select from changed) as changed, ${announceUser(t, 'u.id')}, u.private_metadata
      from person left join changed u on true`,
    ),

    disable: prepare(
      'user_disable',
      `with person as (
        select id as user_id, sessions_ended_at as ended_before from ${t.users} where id = $1::uuid for update
      ),
      shut as (
        update ${t.users} u set disabled_at = coalesce(u.disabled_at, ${now}), updated_at = ${now},
          ${endMark}, ${endProofs}
        from person where u.id = person.user_id returning u.*, person.ended_before
      ),
      marked as (select id, sessions_ended_at, ended_before from shut),
      ${endMarkedSessions(t, null)},
      ${deletePending(t, 'person', null)},
      ${bindClaims(t, 'person')},
      logged as (${audit(t, { event: 'user.disabled', from: 'shut', user: 'id' })})
      select ${userColumns('shut')}, ${endedIds} as ended, ${announceEnding(t)} from shut`,
    ),

    enable: prepare(
      'user_enable',
      `with opened as (
        update ${t.users} u set disabled_at = null, updated_at = ${now} where u.id = $1::uuid returning u.*
      ),
      logged as (${audit(t, { event: 'user.enabled', from: 'opened', user: 'id' })})
      select ${userColumns('opened')} from opened`,
    ),

    delete: prepare(
      'user_delete',
      `with removed as (delete from ${t.users} where id = $1::uuid returning id),
      logged as (${audit(t, { event: 'user.deleted', from: 'removed', user: 'id' })})
      select id, ${announceUser(t, 'id')} from removed`,
    ),

    import: prepare(
      'user_import',
      `with wanted as (
        select * from jsonb_to_recordset($7::jsonb)
          as w (id uuid, type text, value text, "valueKey" text, verified boolean)
      ),
      taken as (
        select from ${t.identities} i join wanted w on w.type = i.type and w."valueKey" = i.value_key
        where i.verified_at is not null
      ),
      person as (
        insert into ${t.users} (id, name, username, username_key, metadata, created_at, updated_at)
        select $1::uuid, $2::text, $3::text, $4::text, $5::jsonb, ${now}, ${now}
        where not exists (select from taken)
        returning *
      ),
      claims as (
        insert into ${t.identities} (id, user_id, type, value, value_key, passwordless, kept, verified_at, created_at,
          updated_at)
        select w.id, person.id, w.type, w.value, w."valueKey", false, true,
          case when w.verified then ${now} end, ${now}, ${now}
        from wanted w, person
        returning *
      ),
      secret as (
        insert into ${t.passwords} (user_id, hash, changed_at)
        select id, $6::text, ${now} from person where $6::text is not null
      ),
      logged as (${audit(t, { event: 'user.created', from: 'person', user: 'id' })})
      select ${userColumns('person')}, ${identityColumns('i')} from person, claims i order by i.type`,
    ),
  }
}

function profileValues(userId: string, patch: ProfilePatch): unknown[] {
  const { name, username, metadata } = patch
  return [
    userId,
    name !== undefined,
    name ?? null,
    username !== undefined,
    username?.value ?? null,
    username?.key ?? null,
    ...patchValues(metadata),
    metadataLimit,
  ]
}

function importValues(account: NewImport): unknown[] {
  return [
    account.userId,
    account.name,
    account.username?.value ?? null,
    account.username?.key ?? null,
    JSON.stringify(account.metadata),
    account.passwordHash,
    JSON.stringify(account.identities),
  ]
}

/** The users of one schema. */
export function prepareUsers(tables: Tables) {
  const sql = statements(tables)

  return (runner: Runner): UserStore => ({
    async get(userId) {
      const row = await runner.row(sql.get, [userId])
      return row === undefined ? null : toUser(row)
    },

    async getByUsername(usernameKey) {
      const row = await runner.row(sql.getByUsername, [usernameKey])
      return row === undefined ? null : toUser(row)
    },

    async list({ after, limit }) {
      return (await runner.rows(sql.list, [after, limit])).map(toUser)
    },

    async updateProfile(userId, patch) {
      const values = profileValues(userId, patch)
      const rows = await runner.rowsUnlessTaken(sql.updateProfile, values, ['users_username_key_key'])
      if (!Array.isArray(rows)) return 'username_taken'
      const [row] = rows
      if (row === undefined) return 'gone'
      return row['changed'] === true ? toUser(row) : 'metadata_too_large'
    },

    async getPrivateMetadata(userId) {
      const row = await runner.row(sql.getPrivateMetadata, [userId])
      return row === undefined ? null : (toJson(row['private_metadata']) as JsonObject)
    },

    async patchPrivateMetadata(userId, patch) {
      const row = await runner.row(sql.patchPrivateMetadata, [userId, ...patchValues(patch), metadataLimit])
      if (row === undefined) return 'gone'
      return row['changed'] === true ? (toJson(row['private_metadata']) as JsonObject) : 'metadata_too_large'
    },

    async disable(userId) {
      const row = await runner.row(sql.disable, [userId])
      return row === undefined ? null : { user: toUser(row), ended: toIds(row['ended']) }
    },

    async enable(userId) {
      const row = await runner.row(sql.enable, [userId])
      return row === undefined ? null : toUser(row)
    },

    async delete(userId) {
      return (await runner.row(sql.delete, [userId])) !== undefined
    },

    async import(account) {
      const constraints = ['users_username_key_key', 'identities_verified_key']
      const rows = await runner.rowsUnlessTaken(sql.import, importValues(account), constraints)
      if (!Array.isArray(rows)) return rows.taken === 'identities_verified_key' ? 'taken' : 'username_taken'
      const [row] = rows
      return row === undefined ? 'taken' : { user: toUser(row), identities: rows.map(toIdentity) }
    },
  })
}
