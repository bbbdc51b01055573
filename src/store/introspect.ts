/**
 * The live schema, read from the catalog in one query: tables, columns, constraints and indexes, and anything
 * else that changes the meaning of a statement (triggers, rules, row security, inheritance, unlogged tables).
 *
 * Invariants: (1) PostgreSQL 15 and later and PGlite give the same description of the same schema; (2) it is
 * read as the role that serves, so restrictions that apply only to this role are seen; (3) no setting of the
 * server, the database or the role changes a definition; (4) which additions to our schema are allowed is
 * decided in `drift.ts`.
 */

import { qualify } from './qualify.js'
import type { Database } from './queryable.js'

/** One line per object: its key (such as `column users.name`) and its definition. */
export type SchemaDescription = Readonly<Record<string, string>>

// An operator may partition a large table: its indexes are then described like those of an unpartitioned one.
const only = / ON ONLY /

// `$1` is the schema. It is removed from every definition. The bits of `tgtype`: 1 for each row, 2 before, 64
// instead of. A trigger that runs only on replicas ('R') does not run here. `quote_all_identifiers` also
// quotes settings that are stored with a function, where quotes have no meaning.
const catalog = `
  with ours as (
    select c.oid, c.relname, c.relkind, c.relpersistence from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relkind in ('r', 'p')
  ),
  stored as (
    select o.oid, o.relname::text as label, o.relpersistence from ours o
    union all
    select c.oid, o.relname || '.' || c.relname, c.relpersistence
    from ours o
    cross join lateral pg_catalog.pg_partition_tree(o.oid) p
    join pg_catalog.pg_class c on c.oid = p.relid
    where p.level > 0
  ),
  triggers as (
    select s.label || '.' || t.tgname as name, t.oid, t.tgfoid, t.tgtype, t.tgenabled
    from stored s
    join pg_catalog.pg_trigger t on t.tgrelid = s.oid
    where not t.tgisinternal and t.tgparentid = 0 and (t.tgtype & 66) <> 0
  )
  select 'column ' || o.relname || '.' || a.attname as key,
    pg_catalog.format_type(a.atttypid, a.atttypmod)
      || case when a.attcollation <> y.typcollation then ' collate ' || l.collname else '' end
      || case when a.attnotnull then ' not null' else '' end
      || case when a.attidentity <> '' then ' identity' else '' end
      || case when a.attgenerated <> '' then ' generated' else '' end
      || coalesce(' default ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') as definition
  from ours o
  join pg_catalog.pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
  join pg_catalog.pg_type y on y.oid = a.atttypid
  left join pg_catalog.pg_collation l on l.oid = a.attcollation
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  union all
  select 'constraint ' || o.relname || '.' || k.conname, pg_catalog.pg_get_constraintdef(k.oid)
  from ours o join pg_catalog.pg_constraint k on k.conrelid = o.oid and k.contype in ('p', 'u', 'f', 'c', 'x')
  union all
  select 'index ' || o.relname || '.' || i.relname, pg_catalog.pg_get_indexdef(x.indexrelid)
      || case when x.indisvalid and x.indisready and x.indislive then '' else ', invalid' end
  from ours o
  join pg_catalog.pg_index x on x.indrelid = o.oid
  join pg_catalog.pg_class i on i.oid = x.indexrelid
  union all
  select case when (t.tgtype & 65) <> 0 then 'trigger ' else 'statement trigger ' end || t.name,
    pg_catalog.pg_get_triggerdef(t.oid) || case when t.tgenabled in ('D', 'R') then ', disabled' else '' end
  from triggers t
  union all
  select 'function ' || t.name, case when n.nspname = $1 then '' else n.nspname || '.' end || f.proname
      || ' in ' || l.lanname || case when f.prosecdef then ' as its owner' else '' end
      || coalesce(' with ' || pg_catalog.replace(pg_catalog.array_to_string(f.proconfig, ', '), '"', ''), '')
      || ', SHA-256 ' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(f.prosrc, 'UTF8')), 'hex')
  from triggers t
  join pg_catalog.pg_proc f on f.oid = t.tgfoid
  join pg_catalog.pg_namespace n on n.oid = f.pronamespace
  join pg_catalog.pg_language l on l.oid = f.prolang
  union all
  select 'disabled ' || s.label || '.' || coalesce(k.conname, t.tgname), 'disabled'
  from stored s
  join pg_catalog.pg_trigger t on t.tgrelid = s.oid
  left join pg_catalog.pg_constraint k on k.oid = t.tgconstraint
  where t.tgenabled in ('D', 'R') and (t.tgisinternal or t.tgparentid <> 0)
    and (k.oid is null or k.conrelid in (select oid from stored))
  group by 1
  union all
  select 'rule ' || o.relname || '.' || r.rulename, pg_catalog.pg_get_ruledef(r.oid)
  from ours o join pg_catalog.pg_rewrite r on r.ev_class = o.oid where r.ev_enabled <> 'D'
  union all
  select 'row security ' || o.relname || '.' || current_user, 'active'
  from ours o where pg_catalog.row_security_active(o.oid)
  union all
  select 'persistence ' || s.label || '.storage', 'unlogged' from stored s where s.relpersistence <> 'p'
  union all
  select 'child ' || o.relname || '.' || n.nspname || '.' || c.relname, 'inherits'
  from ours o
  join pg_catalog.pg_inherits h on h.inhparent = o.oid
  join pg_catalog.pg_class c on c.oid = h.inhrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where o.relkind = 'r'
  union all
  select 'setting audit.session_replication_role', pg_catalog.current_setting('session_replication_role')
  where pg_catalog.current_setting('session_replication_role') = 'replica'
  order by 1`

// The session settings that determine how definitions are written. The search path decides which names are
// qualified: never those of `pg_catalog`, even if another object has the same name, and always all others,
// including those of our schema. `pg_temp` comes last, because a path without it implicitly begins with it.
const settings = `set local search_path = pg_catalog, pg_temp;
  set local quote_all_identifiers = off; set local standard_conforming_strings = on;
  set local datestyle = 'ISO, MDY'; set local intervalstyle = 'postgres'; set local timezone = 'UTC';
  set local bytea_output = 'hex'; set local extra_float_digits = 1`

/** All objects in a schema. */
export async function describeSchema(database: Database, schema: string): Promise<SchemaDescription> {
  const { rows } = await database.transaction(async (tx) => {
    await tx.run(settings)
    return tx.query({ text: qualify(catalog), values: [schema] })
  })
  const qualified = new RegExp(`(?:"${schema}"|\\b${schema})\\.`, 'g')
  return Object.fromEntries(
    rows.map((row) => [
      row['key'] as string,
      (row['definition'] as string).replace(qualified, '').replace(only, ' ON '),
    ]),
  )
}
