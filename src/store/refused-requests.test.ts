/** Audit rows for refused requests, over separate connections on a real server. */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PostgresServer } from '../../test/harness/postgres.js'
import { startPostgres } from '../../test/harness/postgres.js'
import type { RefusalReason } from '../base/index.js'
import type { Refusals } from '../core/index.js'
import { migrate } from './migrate.js'
import { openPostgres } from './postgres.js'
import type { Database } from './queryable.js'
import { createRefusals } from './refused-requests.js'
import { createRunner } from './runner.js'
import { tablesOf } from './statement.js'

describe('refused requests', () => {
  let server: PostgresServer
  let client: pg.Client
  const databases: Database[] = []
  const nodes: Refusals[] = []

  beforeAll(async () => {
    server = await startPostgres()
    const url = await server.createDatabase()
    for (let node = 0; node < 8; node++) {
      const database = await openPostgres(url, { max: 1 })
      if (node === 0) await migrate(database, 'latchkey')
      databases.push(database)
      nodes.push(
        createRefusals(
          (actor) => createRunner(database, { inTransaction: false, actor }),
          tablesOf('latchkey'),
        ),
      )
    }
    client = new pg.Client({ connectionString: url })
    await client.connect()
  })
  afterAll(async () => {
    await client.end()
    await Promise.all(databases.map((database) => database.close()))
    await server.destroy()
  })

  const countOf = async (reason: string): Promise<number> => {
    const text = `select count(*)::integer as count from latchkey.audit where reason = $1`
    return (await client.query<{ count: number }>(text, [reason])).rows[0]?.count ?? 0
  }

  it('write one row a minute for each reason and subject, also where eight nodes ask at once', async () => {
    const all = (reason: RefusalReason, subject: string): Promise<boolean[]> =>
      Promise.all(nodes.map((refusals) => refusals.record({ reason, subject }, { type: 'stranger' })))
    expect((await all('limit_codeGlobal', '192.0.2.1')).filter(Boolean)).toHaveLength(1)
    expect((await all('limit_codeGlobal', '192.0.2.2')).filter(Boolean)).toHaveLength(1)
    expect((await all('limit_tollWait', '192.0.2.1')).filter(Boolean)).toHaveLength(1)
    expect([await countOf('limit_codeGlobal'), await countOf('limit_tollWait')]).toEqual([2, 1])
    // A minute later, eight wait for the same row: only the first to get it writes.
    await client.query(`update latchkey.attempts set resets_at = now() where budget = 'refused'`)
    await client.query(`begin; select from latchkey.attempts where budget = 'refused' for update`)
    const waiting = all('limit_codeGlobal', '192.0.2.1')
    const locked = `select count(*)::integer as count from pg_stat_activity where wait_event_type = 'Lock'`
    await expect.poll(async () => (await client.query<{ count: number }>(locked)).rows[0]?.count).toBe(8)
    await client.query('commit')
    expect((await waiting).filter(Boolean)).toHaveLength(1)
    expect(await countOf('limit_codeGlobal')).toBe(3)
  })

  it('name who asked', async () => {
    const id = '6f1de3a8-3f0e-4c1a-9d5e-0a3a5a0c9b11'
    const actor = { type: 'user', id, ip: '192.0.2.9', userAgent: 'Browser' } as const
    await nodes[0]?.record({ reason: 'session_not_fresh', subject: id }, actor)
    const { rows } = await client.query(
      `select event, outcome, user_id, actor_id, host(ip) as ip, user_agent from latchkey.audit where reason = 'session_not_fresh'`,
    )
    expect(rows).toEqual([
      {
        event: 'request.refused',
        outcome: 'failure',
        user_id: id,
        actor_id: id,
        ip: '192.0.2.9',
        user_agent: 'Browser',
      },
    ])
  })
})
