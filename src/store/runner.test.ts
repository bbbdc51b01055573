/** The runner's part of the audit: the recorded actor, and when events are announced. */

import { describe, expect, it } from 'vitest'
import type { AuthEvent } from '../core/index.js'
import { createRunner, scopeOfTransaction } from './runner.js'
import { audit, prepare, tablesOf } from './statement.js'

const tables = tablesOf('latchkey')
const event: AuthEvent = { type: 'user.enabled', userId: '00000000-0000-4000-8000-000000000001' }
const logging = prepare('of_a_test', audit(tables, { event: 'user.enabled', from: '(select) one' }))
const plain = prepare('of_a_test', 'select 1 as one')
const recorded = `17 user.enabled ${event.userId}   `

function openQueryable() {
  const asked: (readonly unknown[])[] = []
  return {
    asked,
    query: ({ values }: { readonly values: readonly unknown[] }) => {
      asked.push(values)
      return Promise.resolve({ rows: [{ logged_events: recorded }] })
    },
  }
}

describe('a runner', () => {
  it('appends who does it to what writes to the audit, and to nothing else', async () => {
    const queryable = openQueryable()
    const runner = createRunner(queryable, { inTransaction: false, actor: { type: 'system' } })
    await runner.rows(plain, [1])
    await runner.rows(logging, [1])
    expect(queryable.asked).toEqual([[1], [1, '{"actor_type":"system"}']])
  })

  it('announces what was recorded', async () => {
    const told: AuthEvent[] = []
    const announce = (events: readonly AuthEvent[]): void => void told.push(...events)
    const runner = createRunner(openQueryable(), { inTransaction: false, announce })
    await runner.row(plain, [])
    expect(told).toEqual([])
    await runner.row(logging, [])
    expect(told).toEqual([event])
  })

  it('announces what a transaction of our own recorded once it is committed, and not before', async () => {
    const told: AuthEvent[] = []
    const announce = (events: readonly AuthEvent[]): void => void told.push(...events)
    const { scope, committed } = scopeOfTransaction({ inTransaction: false, announce })
    await createRunner(openQueryable(), scope).row(logging, [])
    expect(told).toEqual([])
    committed()
    expect(told).toEqual([event])
  })
})

describe('a statement that writes to the audit', () => {
  it('can not be prepared where it gives no rows to announce from', () => {
    const text = `with gone as (select 1) insert into ${tables.audit} (event) select 'x' from gone`
    expect(() => prepare('of_a_test', text)).toThrow('ends in a select')
  })
})
