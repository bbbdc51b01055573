/**
 * A schema `public` in which a stranger has put a function, an operator or a type of each name that SQL uses, for the
 * same arguments as in `pg_catalog` and for all others that our statements could mean, with implicit casts from and to a
 * type of the stranger's, and views named as our tables and as those of the catalog. Whatever is called or read leaves
 * a trace that no rollback removes.
 */

import pg from 'pg'

const argumentTypes =
  'uuid text integer bigint smallint numeric float8 boolean timestamptz interval jsonb bytea inet date text[] uuid[]'
    .split(' ')
    .map((type) => `'${type}'`)
    .join()
const allTypes = `'public.planted',${argumentTypes}`

// No rollback takes the number of a sequence back.
const foundations = `
create table public.trace (called pg_catalog.text);
create sequence public.traces;
create type public.planted as enum ('planted');
create function public.leave_trace(called pg_catalog.text) returns pg_catalog.bool language plpgsql as $body$ begin
  perform pg_catalog.nextval('public.traces');
  insert into public.trace values (called);
  return true;
end $body$;
grant all on schema public to public;
grant all on public.trace, public.traces to public`

// Each in a block of its own, since some signatures have no copy in plpgsql.
const plant = `
do $plant$
declare
  each record;
  body constant pg_catalog.text := $body$ begin perform public.leave_trace(tg); return null; end $body$;
begin
  for each in select unnest(array[${argumentTypes}]) as name
  loop
    execute format('create function public.%I(value %s) returns public.planted language plpgsql as %L',
      'to planted ' || each.name, each.name, replace(body, 'tg', quote_literal(each.name || ' to planted')));
    execute format('create cast (%s as public.planted) with function public.%I(%s) as implicit',
      each.name, 'to planted ' || each.name, each.name);
    execute format('create function public.%I(value public.planted) returns %s language plpgsql as %L',
      'from planted ' || each.name, each.name, replace(body, 'tg', quote_literal('planted to ' || each.name)));
    execute format('create cast (public.planted as %s) with function public.%I(public.planted) as implicit',
      each.name, 'from planted ' || each.name);
  end loop;
  for each in
    select o.oid, o.oprname as name, o.oprleft::regtype::text as l, o.oprright::regtype::text as r,
      o.oprresult::regtype::text as result
    from pg_operator o where o.oprnamespace = 'pg_catalog'::regnamespace and o.oprleft <> 0
    union all
    select 0, names.name, l.t, r.t, names.result
    from (values ('=', 'boolean'), ('<>', 'boolean'), ('<', 'boolean'), ('>', 'boolean'), ('<=', 'boolean'),
      ('>=', 'boolean'), ('+', 'timestamptz'), ('-', 'timestamptz'), ('*', 'interval'), ('/', 'float8'), ('||', 'text'),
      ('->', 'jsonb'), ('->>', 'text'), ('@>', 'boolean'), ('<<', 'boolean'), ('&&', 'boolean')
    ) as names (name, result), unnest(array[${allTypes}]) as l (t), unnest(array[${allTypes}]) as r (t)
  loop
    begin
      execute format('create function public.%I(l %s, r %s) returns %s language plpgsql as %L',
        'planted ' || each.name || each.l || each.r, each.l, each.r, each.result,
        replace(body, 'tg', quote_literal(each.name || ' ' || each.l || ' ' || each.r)));
      execute format('create operator public.%s (leftarg = %s, rightarg = %s, function = public.%I)',
        each.name, each.l, each.r, 'planted ' || each.name || each.l || each.r);
    exception when others then null;
    end;
  end loop;
  for each in
    select distinct p.proname as name, pg_get_function_identity_arguments(p.oid) as arguments,
      case when p.prorettype = 'void'::regtype then 'text' else p.prorettype::regtype::text end as result
    from pg_proc p
    where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind in ('f', 'a') and not p.proretset
      and p.proname = any ($1)
    union all
    select names.name, a.t || coalesce(', ' || b.t, ''), 'text'
    from unnest($1) as names (name), unnest(array[${allTypes}]) as a (t),
      (select null union all select unnest(array[${allTypes}])) as b (t)
  loop
    begin
      execute format('create function public.%I(%s) returns %s language plpgsql as %L',
        each.name, each.arguments, each.result, replace(body, 'tg', quote_literal(each.name)));
    exception when others then null;
    end;
  end loop;
  for each in select unnest(array['text', 'uuid', 'jsonb', 'bytea', 'inet', 'float8', 'timestamptz', 'int4', 'int8']) as name
  loop
    execute format('create domain public.%I as pg_catalog.%I check (public.leave_trace(%L))',
      each.name, each.name, 'type ' || each.name);
  end loop;
end $plant$`

const views = `
do $plant$
declare
  each record;
begin
  for each in
    select c.relname as name from pg_class c
    where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind in ('r', 'v')
  loop
    -- Some have columns of pseudo-types, of which no view can be made.
    begin
      execute format('create view public.%I as select r.* from pg_catalog.%I r where public.leave_trace(%L)',
        each.name, each.name, each.name);
    exception when invalid_table_definition then null;
    end;
  end loop;
  for each in select unnest($1) as name
  loop
    execute format('create view public.%I as select 1 as id where public.leave_trace(%L)', each.name, each.name);
  end loop;
end $plant$;
grant select on all tables in schema public to public`

async function plantAs(url: string, scripts: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    // What is planted must not be called by what plants it.
    await client.query('set search_path = pg_catalog')
    for (const script of scripts) await client.query(script)
  } finally {
    await client.end()
  }
}

/** Plants all of it but the views in the schema `public` of this database, for functions of these names. */
export async function plantNeighbors(url: string, functions: readonly string[]): Promise<void> {
  const names = `array[${functions.map((name) => `'${name}'`).join()}]::pg_catalog.text[]`
  await plantAs(url, [foundations, plant.replaceAll('$1', names)])
}

/** Plants the views, after `plantNeighbors`. */
export async function plantViews(url: string, tables: readonly string[]): Promise<void> {
  const names = `array[${tables.map((name) => `'${name}'`).join()}]::pg_catalog.text[]`
  await plantAs(url, [views.replaceAll('$1', names)])
}

/** What was called or read since the last time, and how often, also by what was rolled back. */
export async function takeTraces(client: pg.Client): Promise<{ count: number; names: string[] }> {
  const { rows } = await client.query<{ traces: string; called: boolean; names: string[] }>(
    `select last_value as traces, is_called as called,
      array(select called from public.trace group by called order by called) as names from public.traces`,
  )
  await client.query(`delete from public.trace; select pg_catalog.setval('public.traces', 1, false)`)
  return { count: rows[0]?.called === true ? Number(rows[0].traces) : 0, names: rows[0]?.names ?? [] }
}
