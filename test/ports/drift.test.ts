/** What stands in the schema and changes what statements mean, one after the other, and the statement that mends it. */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuth } from '../../src/index.js'
import { findDrift, migrate, openPostgres } from '../../src/store/index.js'
import type { Database } from '../../src/store/index.js'
import { plantNeighbors } from '../harness/neighbors.js'
import type { PostgresServer } from '../harness/postgres.js'
import { startPostgres } from '../harness/postgres.js'

/** What somebody did, what the operator is told of it, and what mends it. */
interface Case {
  readonly change: string
  /** One sentence for each; parts of them. */
  readonly told: readonly string[]
  readonly mended: string
}

const beforeRow = `create function public.drop_it() returns trigger language plpgsql as 'begin return null; end'`
const spent = `create table latchkey.spent (id bytea not null, expires_at timestamptz not null,
  constraint spent_pkey primary key (id))`
const spentIndex = 'create index spent_expires_at_idx on latchkey.spent (expires_at)'
const originalGuard = `(select prosrc from pg_proc where oid = 'latchkey.audit_append_only'::regproc)`

const cases: Record<string, Case> = {
  'the trigger of the audit that is dropped': {
    change: 'drop trigger audit_append_only on latchkey.audit',
    told: [
      'The trigger audit.audit_append_only is missing.',
      'The function audit.audit_append_only is missing.',
    ],
    mended: `create trigger audit_append_only before update or delete on latchkey.audit
      for each row execute function latchkey.audit_append_only()`,
  },
  'the trigger against truncation that is dropped': {
    change: 'drop trigger audit_never_truncated on latchkey.audit',
    told: [
      'run: CREATE TRIGGER audit_never_truncated BEFORE TRUNCATE ON audit',
      'The function audit.audit_never_truncated is missing.',
    ],
    mended: `create trigger audit_never_truncated before truncate on latchkey.audit
      for each statement execute function latchkey.audit_append_only()`,
  },
  'the trigger of the audit that is disabled': {
    change: 'alter table latchkey.audit disable trigger audit_append_only',
    told: ['Run: alter table audit enable trigger audit_append_only.'],
    mended: 'alter table latchkey.audit enable trigger audit_append_only',
  },
  'the trigger of the audit that runs on replicas alone': {
    change: 'alter table latchkey.audit enable replica trigger audit_append_only',
    told: ['Run: alter table audit enable trigger audit_append_only.'],
    mended: 'alter table latchkey.audit enable trigger audit_append_only',
  },
  'the trigger of the audit that looks at fewer statements': {
    change: `create or replace trigger audit_append_only before delete on latchkey.audit
      for each row execute function latchkey.audit_append_only()`,
    told: ['The trigger audit.audit_append_only is "CREATE TRIGGER audit_append_only BEFORE DELETE ON'],
    mended: `create or replace trigger audit_append_only before update or delete on latchkey.audit
      for each row execute function latchkey.audit_append_only()`,
  },
  'the trigger of the audit that calls a function of another schema by the same name': {
    change: `create function public.audit_append_only() returns trigger language plpgsql
        set search_path = pg_catalog, pg_temp as 'begin return coalesce(new, old); end';
      create or replace trigger audit_append_only before update or delete on latchkey.audit
        for each row execute function public.audit_append_only()`,
    told: [
      'The trigger audit.audit_append_only is "CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION public.audit_append_only()"',
      'The function audit.audit_append_only is "public.audit_append_only',
    ],
    mended: `create or replace trigger audit_append_only before update or delete on latchkey.audit
      for each row execute function latchkey.audit_append_only(); drop function public.audit_append_only()`,
  },
  'the function of the audit with another search path': {
    change: 'alter function latchkey.audit_append_only() set search_path = public',
    told: [
      'The function audit.audit_append_only is "audit_append_only in plpgsql with search_path=public',
      'The function audit.audit_never_truncated is',
    ],
    mended: 'alter function latchkey.audit_append_only() set search_path = pg_catalog, pg_temp',
  },
  'a trigger before each row': {
    change: `${beforeRow}; create trigger lose before insert on latchkey.sessions
      for each row execute function public.drop_it()`,
    told: ['Run: drop trigger lose on sessions'],
    mended: 'drop trigger lose on latchkey.sessions; drop function public.drop_it()',
  },
  'a trigger before each row of a partition': {
    change: `${beforeRow}; drop table latchkey.spent; ${spent} partition by range (id); ${spentIndex};
      create table latchkey.one partition of latchkey.spent default;
      create trigger lose before delete on latchkey.one for each row execute function public.drop_it()`,
    told: ['The trigger spent.one.lose was not created by latchkey'],
    mended: `drop table latchkey.spent; ${spent}; ${spentIndex}; drop function public.drop_it()`,
  },
  'a rule': {
    change: 'create rule keep as on delete to latchkey.sessions do instead nothing',
    told: ['Run: drop rule keep on sessions.'],
    mended: 'drop rule keep on latchkey.sessions',
  },
  'an index that is invalid': {
    change: `update pg_index set indisvalid = false where indexrelid = 'latchkey.identities_verified_key'::regclass`,
    told: ['Run: reindex index concurrently identities_verified_key.'],
    mended: 'reindex index latchkey.identities_verified_key',
  },
  'an index that is not ready': {
    change: `update pg_index set indisready = false where indexrelid = 'latchkey.identities_verified_key'::regclass`,
    told: ['Run: reindex index concurrently identities_verified_key.'],
    mended: `update pg_index set indisready = true where indexrelid = 'latchkey.identities_verified_key'::regclass`,
  },
  'a constraint that is not validated': {
    change: `alter table latchkey.sessions drop constraint sessions_secret_hash_check,
      add constraint sessions_secret_hash_check check (octet_length(secret_hash) = 32) not valid`,
    told: ['Run: alter table sessions validate constraint sessions_secret_hash_check.'],
    mended: 'alter table latchkey.sessions validate constraint sessions_secret_hash_check',
  },
  'foreign keys that are disabled': {
    change: 'alter table latchkey.passwords disable trigger all',
    told: ['The constraint or trigger passwords.passwords_user_id_fkey is disabled and not enforced.'],
    mended: 'alter table latchkey.passwords enable trigger all',
  },
  'a table that is unlogged': {
    change: 'alter table latchkey.attempts set unlogged',
    told: ['Run: alter table attempts set logged.'],
    mended: 'alter table latchkey.attempts set logged',
  },
  'a table that inherits': {
    change: 'create table public.more () inherits (latchkey.users)',
    told: ['The table public.more inherits from users'],
    mended: 'drop table public.more',
  },
  'a table that is temporary and inherits': {
    change: 'create temporary table more () inherits (latchkey.users)',
    told: ['more inherits from users'],
    mended: 'drop table more',
  },
  'a column of another collation': {
    change: 'alter table latchkey.identities alter column value_key type text collate "C"',
    told: ['The column identities.value_key is "text collate C not null" and should be "text not null".'],
    mended: 'alter table latchkey.identities alter column value_key type text collate "default"',
  },
  'a column that is generated': {
    change: `alter table latchkey.verifications drop column issued_under,
      add column issued_under timestamptz generated always as ('-infinity'::timestamptz) stored`,
    told: ['The column verifications.issued_under is "timestamp with time zone generated default'],
    mended: `alter table latchkey.verifications drop column issued_under,
      add column issued_under timestamptz not null default '-infinity'`,
  },
}

describe('the drift check', () => {
  let server: PostgresServer
  let client: pg.Client
  let database: Database
  let url = ''

  beforeAll(async () => {
    // Invalid indexes are made by a crash in the middle of building one; here the catalog is edited.
    server = await startPostgres({ allow_system_table_mods: 'on' })
    url = await server.createDatabase()
    database = await openPostgres(url)
    await migrate(database, 'latchkey')
    client = new pg.Client({ connectionString: url })
    await client.connect()
  })
  afterAll(async () => {
    await client.end()
    await database.close()
    await server.destroy()
  })

  it.each(Object.entries(cases))('names %s, and what mends it', async (_, { change, told, mended }) => {
    expect(await findDrift(database, 'latchkey')).toEqual([])
    await client.query(change)
    const drift = await findDrift(database, 'latchkey')
    await client.query(mended)
    expect(drift).toHaveLength(told.length)
    for (const part of told)
      expect(
        drift.filter((sentence) => sentence.includes(part)),
        part,
      ).toHaveLength(1)
    expect(await findDrift(database, 'latchkey')).toEqual([])
  })

  it('names the function of the audit with another body', async () => {
    const { rows } = await client.query<{ body: string }>(`select ${originalGuard} as body`)
    const replace = (body: string): Promise<unknown> =>
      client.query(`create or replace function latchkey.audit_append_only() returns trigger language plpgsql
        set search_path = pg_catalog, pg_temp as $guard$${body}$guard$`)
    await replace('begin return coalesce(new, old); end')
    const drift = await findDrift(database, 'latchkey')
    await replace(rows[0]?.body ?? '')
    expect(drift).toHaveLength(2)
    expect(drift[0]).toContain('Recreate it as in the newest migration that defines it.')
    expect(await findDrift(database, 'latchkey')).toEqual([])
  })

  it('names row security where it binds the role that serves, and only there', async () => {
    await client.query(`create role serving login;
      grant usage on schema latchkey to serving; grant select on all tables in schema latchkey to serving;
      alter table latchkey.sessions enable row level security;
      create policy some_rows on latchkey.sessions using (id is null)`)
    const address = new URL(url)
    address.username = 'serving'
    const serving = await openPostgres(address.href)
    expect(await findDrift(database, 'latchkey')).toEqual([])
    const drift = await findDrift(serving, 'latchkey')
    expect(drift).toHaveLength(1)
    expect(drift[0]).toContain('Row security is enabled on sessions for the role serving')
    await client.query('alter table latchkey.sessions disable row level security')
    expect(await findDrift(serving, 'latchkey')).toEqual([])
    await serving.close()
  })

  it('names row security that is forced on the owner', async () => {
    await client.query(`create role owning login; alter table latchkey.sessions owner to owning;
      grant usage on schema latchkey to owning;
      alter table latchkey.sessions enable row level security`)
    const address = new URL(url)
    address.username = 'owning'
    const owning = await openPostgres(address.href)
    expect(await findDrift(owning, 'latchkey')).toEqual([])
    await client.query('alter table latchkey.sessions force row level security')
    expect((await findDrift(owning, 'latchkey'))[0]).toContain('Row security is enabled on sessions')
    await client.query(`alter table latchkey.sessions no force row level security, disable row level security;
      alter table latchkey.sessions owner to postgres`)
    await owning.close()
  })

  it('names the setting under which no trigger runs', async () => {
    const replica = new pg.Pool({ connectionString: url, options: '-c session_replication_role=replica' })
    const other = await openPostgres(replica)
    expect(await findDrift(other, 'latchkey')).toEqual([
      'The setting session_replication_role is "replica" for this role, so no foreign key or trigger runs. Set it to "origin".',
    ])
    await other.close()
    await replica.end()
  })

  it('tolerates triggers after a statement, once for it, and disabled ones', async () => {
    await client.query(`${beforeRow};
      create trigger later after insert on latchkey.users for each row execute function public.drop_it();
      create trigger once before insert on latchkey.users for each statement execute function public.drop_it();
      create trigger off before insert on latchkey.users for each row execute function public.drop_it();
      alter table latchkey.users disable trigger off`)
    expect(await findDrift(database, 'latchkey')).toEqual([])
    await client.query(`drop function public.drop_it() cascade`)
  })

  it('tolerates what reindexing leaves while it runs', async () => {
    await client.query(`create unique index identities_verified_key_ccnew on latchkey.identities (type, value_key)
      where verified_at is not null;
      update pg_index set indisvalid = false
      where indexrelid = 'latchkey.identities_verified_key_ccnew'::regclass`)
    expect(await findDrift(database, 'latchkey')).toEqual([])
    await client.query('drop index latchkey.identities_verified_key_ccnew')
  })

  it.each(['public, pg_catalog', 'latchkey, public', 'pg_temp, public, pg_catalog'])(
    'finds none beside types, functions, operators and tables of the same names in the search path %s',
    async (path) => {
      const beside = await server.createDatabase()
      await plantNeighbors(beside, ['octet_length', 'jsonb_typeof', 'gen_random_uuid', 'left'])
      // One connection, so that what is temporary is there for everything that follows.
      const pool = new pg.Pool({ connectionString: beside, max: 1 })
      await pool.query(`set search_path = ${path}`)
      for (const schema of ['pg_temp', 'public']) {
        for (const table of ['users', 'sessions', 'audit', 'migrations'])
          await pool.query(`create table ${schema}.${table} (id pg_catalog.int4)`)
      }
      await pool.query('create domain pg_temp.text as pg_catalog.text')
      const hosted = await openPostgres(pool)
      await migrate(hosted, 'latchkey')
      expect(await findDrift(hosted, 'latchkey')).toEqual([])
      const { rows } = await pool.query<{ path: string }>(
        `select pg_catalog.current_setting('search_path') as path`,
      )
      expect(rows[0]?.path).toBe(path)
      await hosted.close()
      await pool.end()
    },
  )

  it('keeps a node from starting, in a sentence', async () => {
    await client.query('create rule keep as on delete to latchkey.sessions do instead nothing')
    await expect(createAuth({ database: url })).rejects.toThrow(
      'The rule sessions.keep was not created by latchkey',
    )
    await client.query('drop rule keep on latchkey.sessions')
  })
})
