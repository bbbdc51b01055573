/** What the engine does by itself, at regular times and for limits, is recorded as done by the system. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goodPassword, otherPassword } from '../../src/testing/suite/case.js'
import { engines } from '../harness/engines.js'
import type { OpenedAuth } from '../harness/engines.js'
import { openBrowser } from '../harness/http-client.js'

describe.each(engines)('the engine by itself, on $name', ({ open }) => {
  let opened: OpenedAuth
  beforeAll(async () => {
    opened = await open({
      sweep: { every: '50ms', claimsAfter: '1h' },
      limits: { passwordGlobal: { limit: 1 }, passwordInARow: { limit: 2 } },
    })
  })
  afterAll(() => opened.auth.close())

  async function rowsSince(id: string): Promise<Record<string, unknown>[]> {
    const text = `select event, actor_type, reason from latchkey.audit where id > $1::bigint order by id`
    return (await opened.auth.query(text, [id])).rows
  }
  const lastId = async (): Promise<string> =>
    String(
      (await opened.auth.query('select coalesce(max(id), 0)::text as id from latchkey.audit')).rows[0]?.[
        'id'
      ],
    )

  it('delivers and sweeps as nobody else', async () => {
    const { auth, clock } = opened
    const { user } = await auth.accounts.createUserWithEmail('pending@example.com')
    const before = await lastId()
    await auth.outbox.drain()
    clock.advance('2h')
    await expect.poll(async () => auth.accounts.getUser(user), { timeout: 10_000 }).toBeNull()
    expect((await rowsSince(before)).filter(({ actor_type }) => actor_type !== 'system')).toEqual([])
  })

  it('reaches limits as the system', async () => {
    const { auth } = opened
    const email = 'owner@example.com'
    await auth.accounts.importUser({ email, verified: true })
    const before = await lastId()
    for (const password of [goodPassword, otherPassword, goodPassword])
      await openBrowser(auth).post('/password/request', { email, password })
    const reached = (await rowsSince(before)).filter(({ event }) => event === 'limit.reached')
    expect(reached.length).toBeGreaterThan(0)
    expect(new Set(reached.map(({ actor_type }) => actor_type))).toEqual(new Set(['system']))
  })
})
