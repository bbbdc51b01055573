import { describe, expect, it } from 'vitest'
import { qualify } from './qualify.js'

const pg = (operator: string): string => `operator(pg_catalog.${operator})`

describe('qualifying', () => {
  it.each([
    ['select now()', 'select pg_catalog.now()'],
    ['select count(*), t.* from t', 'select pg_catalog.count(*), t.* from t'],
    ['select a = b and c', `select a ${pg('=')} b and c`],
    ['select $1::text, $2::uuid[]', 'select $1::pg_catalog.text, $2::pg_catalog.uuid[]'],
    ['select a::integer, coalesce(a, -1)', 'select a::integer, coalesce(a, -1)'],
    ['select a collate "C" || \'a = b\'', `select a collate pg_catalog."C" ${pg('||')} 'a = b'`],
    ['select exists (select from t)', 'select exists (select from t)'],
    ['insert into s.t (a, b) values (1, f(2))', 'insert into s.t (a, b) values (1, pg_catalog.f(2))'],
    ['update t set a = b, c = d = e where f', `update t set a = b, c = d ${pg('=')} e where f`],
    ['select a = any ($1::text[])', `select a ${pg('=')} any ($1::pg_catalog.text[])`],
    ['select a <> all (select b)', `select a ${pg('<>')} all (select b)`],
    ["select a in ('b', 'c')", `select a ${pg('=')} any (array['b', 'c'])`],
    ['select a in (select b)', `select a ${pg('=')} any (select b)`],
    ['select a not in (1, 2)', `select a ${pg('<>')} all (array[1, 2])`],
    ['select b and a not in (select c)', `select b and not a ${pg('=')} any (select c)`],
    [
      'select * from f(1) as w (a uuid, b text, c integer), g() as x (y)',
      'select * from pg_catalog.f(1) as w (a pg_catalog.uuid, b pg_catalog.text, c integer), pg_catalog.g() as x (y)',
    ],
    [
      'select * from unnest($1::text[], b) with ordinality k (a, b)',
      'select * from rows from (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest( b)) with ordinality k (a, b)',
    ],
    [
      'select substring(a from 1 for 2), substring(a, 1)',
      'select substring(a from 1 for 2), pg_catalog.substring(a, 1)',
    ],
    [
      "select left(a, 1) || right(a, 2) = 'b' from t left join (select c) u on true",
      `select (pg_catalog.left(a, 1) ${pg('||')} pg_catalog.right(a, 2)) ${pg('=')} 'b' from t left join (select c) u on true`,
    ],
    ['with a as materialized (select b) select c', 'with a as materialized (select b) select c'],
    ['select case when a > b then c end', `select case when a ${pg('>')} b then c end`],
  ])('%s', (plain, qualified) => {
    expect(qualify(plain)).toBe(qualified)
  })

  it.each([
    ['a + b * c', `a ${pg('+')} (b ${pg('*')} c)`],
    ['a * b + c', `(a ${pg('*')} b) ${pg('+')} c`],
    ['a - b - c', `(a ${pg('-')} b) ${pg('-')} c`],
    ["a = b || 'c'", `a ${pg('=')} (b ${pg('||')} 'c')`],
    ["a ->> 'b' = c + d", `(a ${pg('->>')} 'b') ${pg('=')} (c ${pg('+')} d)`],
    ['a || b in (c)', `(a ${pg('||')} b) ${pg('=')} any (array[c])`],
    ['not a = b is true', `not a ${pg('=')} b is true`],
  ])('keeps in %s what binds first', (plain, qualified) => {
    expect(qualify(`select ${plain} from t`)).toBe(`select ${qualified} from t`)
  })

  it('changes nothing of what is qualified', () => {
    const once = qualify('select f(a, b + c * 2) from t where a in (1, 2) and b::text = c')
    expect(qualify(once)).toBe(once)
  })

  it.each([
    'a between 1 and 2',
    "a like 'b'",
    'a is distinct from b',
    'a is not distinct from b',
    'nullif(a, b)',
    'cast(a as text)',
    "case a when 'b' then c end",
    "timestamptz '2026-01-01'",
    'a from t join u using (a)',
    '- a',
    "'a",
    'f(a',
    'a -- b',
    'current_date',
    'localtimestamp',
    'a::date',
    'a::timestamp',
    '$1::interval',
    "a + interval '1 day'",
    "a + interval '2 weeks'",
    "a + interval '1 hour 1 day'",
    "a + interval '-1 1:00'",
  ])('refuses %s, which has no qualified form, can not be read or depends on the session', (plain) => {
    expect(() => qualify(`select ${plain}`)).toThrow(TypeError)
  })
})
