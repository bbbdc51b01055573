/**
 * Who did it, for each route: an audit row that a request writes names the signed-in user and their session, or a
 * stranger, and always the request.
 */

import { describe, expect, it } from 'vitest'
import { differences, listRoutes, useSite } from '../../harness/site.js'
import { visit } from '../../harness/visits.js'

const routes = await listRoutes()
const site = useSite()

type Column = 'event' | 'actor_type' | 'actor_id' | 'via_id' | 'request_id'
type Recorded = Readonly<Record<Column, string | null>>

async function recorded(): Promise<readonly string[]> {
  return (await site().rows('audit')).map((row) => row.slice('audit '.length))
}

async function recordedDuring(work: () => Promise<unknown>): Promise<readonly Recorded[]> {
  const before = await recorded()
  await work()
  return differences(before, await recorded()).map((line) => {
    expect(line.slice(0, 2)).toBe('+ ')
    return JSON.parse(line.slice(2)) as Recorded
  })
}

/** What some routes must record, so that the matrix does not compare empty lists. */
const events: Readonly<Record<string, { readonly event: string; readonly actor: 'user' | 'stranger' }>> = {
  'sign-up': { event: 'user.created', actor: 'stranger' },
  'password.request': { event: 'session.created', actor: 'stranger' },
  'magic-link.end': { event: 'session.revoked', actor: 'stranger' },
  'magic-link.request': { event: 'verification.issued', actor: 'stranger' },
  'recovery.callback': { event: 'account.recovered', actor: 'stranger' },
  'sessions.delete': { event: 'session.revoked', actor: 'user' },
  'sessions.delete-others': { event: 'session.revoked', actor: 'user' },
  'user.update': { event: 'user.updated', actor: 'user' },
  'user.delete': { event: 'user.deleted', actor: 'user' },
  'password.change': { event: 'password.changed', actor: 'user' },
  'account.profile': { event: 'user.updated', actor: 'user' },
  'account.password': { event: 'password.changed', actor: 'user' },
  'account.delete': { event: 'user.deleted', actor: 'user' },
}

describe.each(routes)('$method $path', (route) => {
  it('records nobody but the user of the session, or a stranger', async () => {
    const { browser, path, body } = await visit(site(), route)
    const rows = await recordedDuring(() =>
      browser.send(route.method, path, body === undefined ? {} : { json: body }),
    )
    for (const row of rows) {
      const { actor_type, actor_id, via_id, request_id } = row
      expect(['user', 'stranger']).toContain(actor_type)
      expect([actor_id !== null, via_id !== null]).toEqual([actor_type === 'user', actor_type === 'user'])
      expect(request_id).not.toBeNull()
    }
    const expected = events[route.id]
    if (expected !== undefined) {
      expect(rows).toContainEqual(
        expect.objectContaining({ event: expected.event, actor_type: expected.actor }),
      )
    }
  })
})

it('names the host where no request asks', async () => {
  const { accounts } = site().auth
  const rows = await recordedDuring(() => accounts.createUserWithEmail(site().newEmail()))
  expect(rows.map(({ actor_type, request_id }) => [actor_type, request_id])).toEqual([['host', null]])
})
