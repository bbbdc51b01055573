/**
 * Listeners are told what the audit recorded: after each case of the Store suite, which runs every operation, the events
 * that were announced are the rows that were written since.
 */

import { describe, expect, it } from 'vitest'
import type { AuthEvent, EventType } from '../../src/index.js'
import { eventTypes } from '../../src/index.js'
import { storeCases } from '../../src/testing/store-suite.js'
import type { Kit } from '../../src/testing/suite/case.js'
import { engines } from '../harness/engines.js'
import { useKit } from '../harness/kit.js'

const text = `select id, event as type, user_id, identity_id, session_id, reason from latchkey.audit
  where id > $1 order by id`

type Told = readonly unknown[]

const byText = (one: Told, other: Told): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)

async function recordedSince(kit: Kit, last: number): Promise<{ last: number; rows: Told[] }> {
  const { rows } = await kit.auth.query(text, [last])
  return {
    last: Number(rows.at(-1)?.['id'] ?? last),
    rows: rows.map((row) => [
      row['type'],
      row['user_id'],
      row['identity_id'],
      row['session_id'],
      row['reason'],
    ]),
  }
}

function toTold({ type, userId, identityId, sessionId, reason }: AuthEvent): Told {
  return [type, userId, identityId ?? null, sessionId ?? null, reason ?? null]
}

const seen = new Set<string>()

describe.each(engines)('on $name', ({ open }) => {
  const kit = useKit(open)
  let last = 0

  it.each(Object.values(storeCases).flat())('announces what it records: $name', async ({ run }) => {
    const told: AuthEvent[] = []
    last = (await recordedSince(kit(), last)).last
    const stop = kit().auth.on('*', (event) => void told.push(event))
    await run(kit())
    stop()
    const recorded = await recordedSince(kit(), last)
    for (const { type } of told) seen.add(type)
    expect(told.map(toTold).sort(byText)).toEqual(recorded.rows.sort(byText))
  })

  // What is said of requests alone is looked for by the tests of limits and refusals.
  const ofRequests: readonly EventType[] = ['limit.reached', 'request.refused']
  it('announces every event that an operation has', () => {
    expect([...seen].sort()).toEqual(eventTypes.filter((type) => !ofRequests.includes(type)).sort())
  })
})
