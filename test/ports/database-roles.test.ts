/** The roles of docs/database-roles.md, made by the statements that stand there: what serves, and what it can't do. */

import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/base/index.js'
import { createAuth } from '../../src/index.js'
import type { AuthOptions } from '../../src/index.js'
import { createTestAuth, describeStore } from '../../src/testing/index.js'
import { goodPassword, otherPassword } from '../../src/testing/suite/case.js'
import { createDatabase } from '../harness/engines.js'
import type { OpenedAuth } from '../harness/engines.js'
import { openBrowser, refusalOf, roomy } from '../harness/http-client.js'

const text = await readFile(new URL('../../docs/database-roles.md', import.meta.url), 'utf8')
const [roles = '', grants = ''] = [...text.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql]) => sql)

interface Installation {
  readonly owner: string
  readonly serving: string
}

async function run(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}

// Roles are those of the whole server, so each installation of this file has its own.
async function install(): Promise<Installation> {
  const id = randomUUID().slice(0, 8)
  const own = (sql: string): string => sql.replaceAll(/latchkey_(owner|serving)/g, `latchkey_$1_${id}`)
  const urlOf = (url: string, role: string): string =>
    Object.assign(new URL(url), { username: `latchkey_${role}_${id}` }).href
  const url = await createDatabase()
  await run(url, own(roles))
  const owner = urlOf(url, 'owner')
  const migrating = await createAuth({ database: owner, migrate: true })
  await migrating.close()
  await run(owner, own(grants))
  return { owner, serving: urlOf(url, 'serving') }
}

async function open(options: AuthOptions = {}): Promise<OpenedAuth> {
  const { serving } = await install()
  return { ...(await createTestAuth({ database: serving, ...options })), url: serving }
}

describe('every operation as the serving role', () => {
  describeStore({ describe, it, afterAll }, open)
})

describe('the serving role', () => {
  let installation: Installation
  beforeAll(async () => {
    installation = await install()
    await run(
      installation.owner,
      `insert into latchkey.audit (event, outcome, created_at, ip)
      values ('user.created', 'success', now(), '192.0.2.1'), ('user.updated', 'success', now() - interval '500 days', null)`,
    )
  })

  it.each([
    `update latchkey.audit set event = 'user.deleted'`,
    `update latchkey.audit set created_at = created_at - interval '500 days'`,
    `update latchkey.audit set ip = '192.0.2.9'`,
    `delete from latchkey.audit where event = 'user.created'`,
    `delete from latchkey.audit`,
    `truncate latchkey.audit`,
    `truncate latchkey.users cascade`,
    `update latchkey.audit_settings set keep_ms = 86400000`,
    `delete from latchkey.audit_settings`,
    `insert into latchkey.audit_settings (keep_ms) values (86400000)`,
    `drop trigger audit_append_only on latchkey.audit`,
    `alter table latchkey.audit disable trigger all`,
    `alter table latchkey.audit disable trigger audit_append_only`,
    `create or replace function latchkey.audit_append_only() returns trigger language plpgsql as 'begin return old; end'`,
    `alter function latchkey.audit_append_only() set search_path = public`,
    `drop function latchkey.audit_append_only() cascade`,
    `create rule forget as on insert to latchkey.audit do instead nothing`,
    `create trigger forget before insert on latchkey.audit for each row execute function latchkey.audit_append_only()`,
    `alter table latchkey.audit add column more text`,
    `alter table latchkey.users drop column name`,
    `alter table latchkey.audit owner to current_user`,
    `drop table latchkey.audit`,
    `drop schema latchkey cascade`,
    `create table latchkey.audit_settings_of_mine ()`,
    `set session_replication_role = replica`,
    `update latchkey.migrations set checksum = ''`,
    `set role postgres`,
  ])('is refused: %s', async (sql) => {
    await expect(run(installation.serving, sql)).rejects.toMatchObject({ code: '42501' })
  })

  it('can not have the trigger read settings of its own', async () => {
    const forged = `create temporary table audit_settings (id boolean, keep_ms bigint);
      insert into audit_settings values (true, 1);
      set search_path = pg_temp, latchkey;
      delete from latchkey.audit where event = 'user.created'`
    await expect(run(installation.serving, forged)).rejects.toMatchObject({ code: '42501' })
  })

  it('removes what the audit has kept for long enough, and empties what is personal', async () => {
    const { auth } = await createTestAuth({ database: installation.serving })
    expect(await auth.accounts.sweep()).toMatchObject({ audit: 1, auditTraces: 0 })
    await run(
      installation.serving,
      'update latchkey.audit set ip = null, user_agent = null, address_mac = null',
    )
    await auth.close()
  })

  it('serves requests: a sign-up, wrong and right passwords, codes, links, limits, and an end', async () => {
    const { auth, inbox } = await createTestAuth({ database: installation.serving, ...roomy })
    const browser = openBrowser(auth)
    const credentials = { email: 'ada@example.com', password: goodPassword }
    expect((await browser.post('/sign-up', credentials)).status).toBe(202)
    const { token } = await inbox.latest(credentials.email)
    expect(refusalOf(await browser.post('/verification/callback', { token }))).toBe('200 verified')
    const wrong = await browser.post('/password/request', { ...credentials, password: otherPassword })
    expect(refusalOf(wrong)).toBe('401 invalid_credentials')
    expect((await browser.post('/password/request', credentials)).status).toBe(200)
    expect((await browser.get('/session')).status).toBe(200)
    expect((await browser.delete('/session')).status).toBe(204)
    expect((await browser.post('/email-otp/request', { email: credentials.email })).status).toBe(202)
    const { code } = await inbox.latest(credentials.email)
    const opened = await browser.post('/email-otp/callback', { email: credentials.email, code })
    expect(opened.status).toBe(200)
    expect((await auth.health()).status).toBe('ok')
    await auth.close()
  })

  it('serves by the time that the owner has set for the audit, and by no other', async () => {
    const database = installation.serving
    const error = await createAuth({ database, audit: { keep: '30d', keepPersonal: '10d' } }).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toContain('audit.keep: the database keeps audit rows for a different time')
    const audit = { keep: '500d', keepPersonal: '10d' } as const
    const migrating = await createAuth({ database: installation.owner, audit, migrate: true })
    await migrating.close()
    const auth = await createAuth({ database, audit })
    await auth.close()
  })
})
