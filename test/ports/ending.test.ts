/** A session that is being made while all sessions are ended is born dead. */

import pg from 'pg'
import { expect, it } from 'vitest'
import { enter } from '../../src/testing/suite/case.js'
import { postgres } from '../harness/engines.js'
import { useKit } from '../harness/kit.js'

const kit = useKit(postgres.open)

it.each(['revokeUserSessions', 'disableUser'] as const)(
  '%s outlasts a session that another transaction is just making',
  async (ending) => {
    const { accounts, url } = kit()
    const { user } = await enter(kit())
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query('begin')
    const token = await accounts.with(client).generateUserSessionToken(user)
    const ended = accounts[ending](user)
    // The ending waits for the lock that making a session holds.
    const waiting = `select count(*)::integer as count from pg_stat_activity where wait_event_type = 'Lock'`
    await expect.poll(async () => (await kit().auth.query(waiting)).rows[0]?.['count']).toBe(1)
    await client.query('commit')
    await ended
    await client.end()
    if (ending === 'disableUser') await accounts.enableUser(user)
    expect(await accounts.getUserBySessionToken(token)).toBeNull()
    expect(await accounts.listUserSessions(user)).toEqual([])
    const fresh = await accounts.generateUserSessionToken(user)
    expect((await accounts.getUserBySessionToken(fresh))?.id).toBe(user.id)
  },
)
