/**
 * A schema with as many rows in each of its tables as a test asks for, made by a few statements that insert whole sets.
 * Knows nothing of plans. A table that it does not fill is reported, so that a new one can't be left empty unnoticed.
 */

import type { Client } from 'pg'

/** The id of a row, as SQL over its number. */
export const idOf = (table: string, number: string): string => `md5('${table}' || ${number})::uuid`

// A tenth of the addresses are unproven claims, half of which carry no password; most messages are settled.
const inserts = [
  `insert into users (id, name, username, username_key, created_at, updated_at)
    select ${idOf('user', 'n')}, 'Person ' || n, 'person' || n, 'person' || n, moment, moment from numbers`,
  `insert into passwords (user_id, hash, changed_at)
    select ${idOf('user', 'n')}, '$argon2id$v=19$m=19456,t=2,p=1$' || md5(n::text), moment from numbers`,
  `insert into identities (id, user_id, type, value, value_key, passwordless, verified_at, created_at, updated_at)
    select ${idOf('identity', 'n')}, ${idOf('user', 'n')}, 'email', 'person' || n || '@example.com',
      'person' || n || '@example.com', n % 20 = 0, case when n % 10 <> 0 then moment end, moment, moment from numbers`,
  `insert into sessions (id, user_id, secret_hash, authenticated_at, valid_since, seen_at, idle_expires_at, expires_at,
      methods, created_at)
    select ${idOf('session', 'n')}, ${idOf('user', 'n')}, sha256(n::text::bytea), moment, moment, moment,
      now() + interval '7 days', now() + interval '30 days', '{password}', moment from numbers`,
  `insert into verifications (id, user_id, identity_id, type, value, value_key, flow_hash, link_hash, code_mac,
      key_version, expires_at, code_expires_at, created_at)
    select ${idOf('verification', 'n')}, case when n % 2 = 0 then ${idOf('user', 'n')} end,
      case when n % 2 = 0 then ${idOf('identity', 'n')} end, 'sign_in', 'person' || n || '@example.com',
      'person' || n || '@example.com', sha256(('flow' || n)::bytea), sha256(('link' || n)::bytea), sha256(n::text::bytea),
      1, now() + interval '1 hour', now() + interval '1 hour', now() from numbers`,
  `insert into outbox (id, user_id, verification_id, event, to_type, to_value, sealed, attempts, expires_at, due_at,
      leased_until, delivered_at, failed_at, created_at)
    select ${idOf('message', 'n')}, case when n % 2 = 0 then ${idOf('user', 'n')} end, ${idOf('verification', 'n')},
      'sign_in', 'email', 'person' || n || '@example.com', case when n % 10 < 3 then '\\x0000000001'::bytea || sha256(n::text::bytea) end, 0,
      now() + interval '1 hour', now() - n * interval '0.1 second', null, case when n % 10 between 4 and 9 then now() end,
      case when n % 10 = 3 then now() end, now() - n * interval '0.1 second' from numbers`,
  `insert into attempts (budget, subject, count, resets_at)
    select 'sign-in', 'person' || n || '@example.com', 1, now() + interval '1 day' from numbers`,
  `insert into known_browsers (browser_hash, user_id, expires_at)
    select sha256(('browser' || n)::bytea), ${idOf('user', 'n')}, now() + interval '90 days' from numbers`,
  `insert into spent (id, expires_at) select sha256(n::text::bytea), now() + interval '1 hour' from numbers`,
  `insert into audit (event, user_id, session_id, outcome, created_at)
    select 'session.created', ${idOf('user', 'n')}, ${idOf('session', 'n')}, 'success', moment from numbers`,
]

/** The tables of the schema that grow with use; the others hold a row for each migration, and one of settings. */
export async function growingTables(client: Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ relname: string }>(
    `select relname from pg_class where relkind in ('r', 'p') and relnamespace = $1::regnamespace
      and relname not in ('migrations', 'feature_migrations', 'audit_settings') order by relname`,
    [schema],
  )
  return rows.map(({ relname }) => relname)
}

/** Fills each table of the schema with that many rows. @throws where one stays empty */
export async function fillTables(client: Client, schema: string, rows: number): Promise<void> {
  await client.query(`set search_path to ${schema}`)
  // Foreign keys hold by construction; judging each of a million rows takes longer than making them.
  await client.query(`set session_replication_role = replica`)
  await client.query(
    `create temporary view numbers as select n, now() - n * interval '1 second' as moment
      from generate_series(1, ${rows}) n`,
  )
  for (const insert of inserts) await client.query(insert)
  await client.query('set session_replication_role = origin')
  for (const table of await growingTables(client, schema)) {
    await client.query(`vacuum analyze ${table}`)
    const { rows: found } = await client.query<{ count: number }>(
      `select count(*)::integer as count from ${table}`,
    )
    if ((found[0]?.count ?? 0) < rows)
      throw new Error(`fillTables leaves ${table} empty: add an insertion for it.`)
  }
}
