/** The audit is append-only: held by a trigger, for whichever role. */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OpenedAuth } from '../harness/engines.js'
import { postgres } from '../harness/engines.js'

let opened: OpenedAuth
let client: pg.Client
beforeAll(async () => {
  opened = await postgres.open()
  client = new pg.Client({ connectionString: opened.url ?? '' })
  await client.connect()
  const actor = { type: 'stranger', ip: '192.0.2.7', userAgent: 'Browser' } as const
  await opened.auth.accounts.by(actor).createUserWithEmail('ada@example.com')
})
afterAll(async () => {
  await client.end()
  await opened.auth.close()
})

describe('the audit', () => {
  it.each([
    `update latchkey.audit set event = 'user.deleted'`,
    `update latchkey.audit set actor_type = 'system'`,
    `update latchkey.audit set ip = '192.0.2.8'`,
    `update latchkey.audit set user_agent = 'Another'`,
    `update latchkey.audit set created_at = created_at - interval '500 days'`,
    `delete from latchkey.audit`,
    `truncate latchkey.audit`,
  ])('refuses its owner: %s', async (text) => {
    await expect(client.query(text)).rejects.toMatchObject({ code: '42501' })
  })

  it('lets what is personal be emptied', async () => {
    await client.query('update latchkey.audit set ip = null, user_agent = null, address_mac = null')
    const { rows } = await client.query('select ip, user_agent, actor_type from latchkey.audit')
    expect(rows).toEqual([{ ip: null, user_agent: null, actor_type: 'stranger' }])
  })

  it('keeps rows for as long as its settings say, and for ever without settings', async () => {
    const days = (count: number): string => `insert into latchkey.audit (event, outcome, created_at)
      values ('user.created', 'success', now() - interval '${String(count)} days')`
    const old = `delete from latchkey.audit where created_at < now() - interval '30 days'`
    await client.query(days(31))
    await expect(client.query(old)).rejects.toMatchObject({ code: '42501' })
    await client.query(`update latchkey.audit_settings set keep_ms = 30 * 86400000::bigint`)
    expect((await client.query(old)).rowCount).toBe(1)
    await client.query(days(31))
    const without = 'begin; delete from latchkey.audit_settings'
    await client.query(without)
    await expect(client.query(old)).rejects.toMatchObject({ code: 'P0002' })
    await client.query('rollback')
    await client.query(`update latchkey.audit_settings set keep_ms = 400 * 86400000::bigint`)
    await expect(client.query(old)).rejects.toMatchObject({ code: '42501' })
    await expect(client.query('update latchkey.audit_settings set keep_ms = 1')).rejects.toMatchObject({
      code: '23514',
    })
  })

  it('lets go of what is older than 400 days', async () => {
    const days = (count: number): string => `insert into latchkey.audit (event, outcome, created_at)
      values ('user.created', 'success', now() - interval '${String(count)} days')`
    await client.query(days(401))
    await client.query(days(399))
    const old = `delete from latchkey.audit where created_at < now() - interval '400 days'`
    expect((await client.query(old)).rowCount).toBe(1)
    await expect(client.query('delete from latchkey.audit')).rejects.toMatchObject({ code: '42501' })
  })
})
