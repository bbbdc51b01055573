/**
 * A schema `public` in which a stranger has put a function, an operator or a type of each name that SQL uses, for the
 * same arguments as in `pg_catalog` and for all others that our statements could mean. Whatever is called leaves a
 * trace.
 */

import pg from 'pg'

const argumentTypes =
  'uuid text integer bigint smallint numeric float8 boolean timestamptz interval jsonb bytea inet date text[] uuid[]'
    .split(' ')
    .map((type) => `'${type}'`)
    .join()

// Each in a block of its own, since some signatures have no copy in plpgsql.
const plant = `
do $plant$
declare
  each record;
  body constant pg_catalog.text := $body$ begin insert into public.trace values (tg); return null; end $body$;
begin
  for each in
    select o.oid, o.oprname as name, o.oprleft::regtype::text as l, o.oprright::regtype::text as r,
      o.oprresult::regtype::text as result
    from pg_operator o where o.oprnamespace = 'pg_catalog'::regnamespace and o.oprleft <> 0
    union all
    select 0, names.name, l.t, r.t, names.result
    from (values ('=', 'boolean'), ('<>', 'boolean'), ('<', 'boolean'), ('>', 'boolean'), ('<=', 'boolean'),
      ('>=', 'boolean'), ('+', 'timestamptz'), ('-', 'timestamptz'), ('*', 'interval'), ('/', 'float8'), ('||', 'text'),
      ('->', 'jsonb'), ('->>', 'text'), ('@>', 'boolean'), ('<<', 'boolean'), ('&&', 'boolean')
    ) as names (name, result), unnest(array[${argumentTypes}]) as l (t), unnest(array[${argumentTypes}]) as r (t)
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
    from unnest($1) as names (name), unnest(array[${argumentTypes}]) as a (t),
      (select null union all select unnest(array[${argumentTypes}])) as b (t)
  loop
    begin
      execute format('create function public.%I(%s) returns %s language plpgsql as %L',
        each.name, each.arguments, each.result, replace(body, 'tg', quote_literal(each.name)));
    exception when others then null;
    end;
  end loop;
  for each in select unnest(array['text', 'uuid', 'jsonb', 'bytea', 'inet', 'float8', 'timestamptz', 'int4', 'int8']) as name
  loop
    execute format('create domain public.%I as pg_catalog.%I', each.name, each.name);
  end loop;
end $plant$`

/** Plants all of it in the schema `public` of this database, for functions of these names. */
export async function plantNeighbors(url: string, functions: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    // What is planted must not be called by what plants it.
    await client.query('set search_path = pg_catalog')
    await client.query('create table public.trace (called pg_catalog.text)')
    await client.query('grant all on schema public to public; grant all on public.trace to public')
    const names = `array[${functions.map((name) => `'${name}'`).join()}]::pg_catalog.text[]`
    await client.query(plant.replaceAll('$1', names))
  } finally {
    await client.end()
  }
}
