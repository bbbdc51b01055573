/** The queue under several workers: leases, fences and what they leave. */

import { describe, expect, it } from 'vitest'
import { createSecrets } from '../../src/secrets/index.js'
import { createOutbox, createRunner, openPostgres, tablesOf } from '../../src/store/index.js'
import { postgres } from '../harness/engines.js'
import { useKit } from '../harness/kit.js'

const secret = 'a secret of queues that opens nothing else'
const kit = useKit(postgres.open, { secret })
const { sealHeads } = createSecrets({ secrets: [secret], codeLengths: [6] })

async function openQueue() {
  const database = await openPostgres(kit().url)
  const outbox = createOutbox(createRunner(database, { inTransaction: false }), tablesOf('latchkey'), {
    database,
    sealHeads,
  })
  return { outbox, close: () => database.close() }
}

const none = { secrets: 0, notices: 0 }
const roomFor = (count: number) => ({ email: { secrets: count, notices: count }, phone: none })

async function promise(count: number): Promise<void> {
  const { accounts, auth, newEmail } = kit()
  await auth.outbox.drain()
  for (let index = 0; index < count; index++) {
    const { identity } = await accounts.findOrCreateEmailIdentity(newEmail())
    await accounts.issueIdentityVerification(identity, 'sign_in')
  }
}

describe('a lease', () => {
  it('gives each message to one of many workers at once', async () => {
    await promise(12)
    const queues = await Promise.all(Array.from({ length: 4 }, openQueue))
    const leased = (await Promise.all(queues.map(({ outbox }) => outbox.lease(roomFor(5), 60_000)))).flat()
    expect(new Set(leased.map(({ id }) => id)).size).toBe(leased.length)
    expect(leased.length).toBe(12)
    expect(await queues[0]?.outbox.lease(roomFor(5), 60_000)).toEqual([])
    await Promise.all(queues.map(({ close }) => close()))
  })

  it('that ran out is taken over, and its first holder settles nothing', async () => {
    await promise(1)
    const [first, second] = [await openQueue(), await openQueue()]
    const [held] = await first.outbox.lease(roomFor(1), 1)
    await expect.poll(async () => (await second.outbox.lease(roomFor(1), 60_000)).length).toBe(1)
    const late = { id: held?.id as string, lease: held?.lease as number }
    expect(await first.outbox.settle(late, { state: 'delivered' })).toBe(false)
    const holder = { ...late, lease: late.lease + 1 }
    expect(await second.outbox.settle(holder, { state: 'retry', afterMs: 0, error: 'later' })).toBe(true)
    const [again] = await second.outbox.lease(roomFor(1), 60_000)
    expect([again?.id, again?.attempts, again?.sealed?.length === held?.sealed?.length]).toEqual([
      held?.id,
      3,
      true,
    ])
    const last = { id: held?.id as string, lease: 3 }
    expect(await second.outbox.settle(last, { state: 'failed', error: 'no' })).toBe(true)
    expect(await second.outbox.settle(last, { state: 'delivered' })).toBe(false)
    expect(await second.outbox.retry(last.id)).toBe('wiped')
    await first.close()
    await second.close()
  })
})

describe('the order of leases', () => {
  const everything = roomFor(100)
  const ids = (messages: readonly { readonly id: string }[]): string[] => messages.map(({ id }) => id)

  /** Makes pending messages: `ends` and `due` in seconds from now; without an end it is a notice. */
  async function queue(...rows: readonly { ends?: number; due?: number; to?: 'email' | 'phone' }[]) {
    const { auth, accounts, newEmail } = kit()
    await auth.query('delete from latchkey.outbox')
    const { user } = await accounts.importUser({ email: newEmail(), verified: true })
    const made: string[] = []
    for (const { ends, due = -1, to = 'email' } of rows) {
      const { rows: inserted } = await auth.query(
        `insert into latchkey.outbox (id, user_id, event, to_type, to_value, expires_at, due_at, created_at)
        values (gen_random_uuid(), $1, $2, $3, 'x', now() + $4 * interval '1 second', now() + $5 * interval '1 second',
          now()) returning id`,
        [user.id, ends === undefined ? 'password_changed' : 'sign_in', to, ends ?? null, due],
      )
      made.push(inserted[0]?.['id'] as string)
    }
    return made
  }

  it('is secrets first, those that end soonest before the others, and then notices by their time', async () => {
    const [older, newer, late, soon, waiting] = await queue(
      { due: -20 },
      { due: -10 },
      { ends: 600 },
      { ends: 30 },
      { ends: 10, due: 5 },
    )
    const { outbox, close } = await openQueue()
    const order: string[] = []
    for (let place = 0; place < 5; place++) order.push(...ids(await outbox.lease(roomFor(1), 60_000)))
    expect(order).toEqual([soon, late, older, newer])
    expect(order).not.toContain(waiting)
    await close()
  })

  it('gives each channel its own room, and notices no more than theirs', async () => {
    const [mail, text] = await queue({ ends: 600 }, { ends: 600, to: 'phone' }, {}, {}, {})
    const { outbox, close } = await openQueue()
    const room = { email: none, phone: { secrets: 5, notices: 5 } }
    expect(ids(await outbox.lease(room, 60_000))).toEqual([text])
    const few = { email: { secrets: 5, notices: 2 }, phone: none }
    const leased = await outbox.lease(few, 60_000)
    expect([ids(leased)[0], leased.length]).toEqual([mail, 3])
    await close()
  })

  it('passes over what is expired, and closes it by itself', async () => {
    await queue(...Array.from({ length: 300 }, () => ({ ends: -5, due: -600 })))
    const { auth } = kit()
    await auth.query(
      `insert into latchkey.outbox (id, user_id, event, to_type, to_value, expires_at, due_at, created_at)
      select gen_random_uuid(), user_id, event, 'email', 'fresh', now() + interval '1 minute', now(), now()
      from latchkey.outbox limit 1`,
    )
    const { outbox, close } = await openQueue()
    const [fresh, ...others] = await outbox.lease(roomFor(16), 60_000)
    expect([fresh?.to.value, others]).toEqual(['fresh', []])
    expect(await outbox.discard(200)).toBe(200)
    expect(await outbox.discard(200)).toBe(100)
    expect(await outbox.discard(200)).toBe(0)
    const { rows } = await auth.query(
      `select last_error, count(*)::integer as count from latchkey.outbox where failed_at is not null group by 1`,
    )
    expect(rows).toEqual([{ last_error: 'expired', count: 300 }])
    await close()
  })

  it('leaves what is being delivered to its worker, also when it has expired meanwhile', async () => {
    const [id] = await queue({ ends: 600 })
    const { outbox, close } = await openQueue()
    const [held] = await outbox.lease(everything, 60_000)
    await kit().auth.query(`update latchkey.outbox set expires_at = now() - interval '1 second'`)
    expect(await outbox.discard(10)).toBe(0)
    expect(held?.id).toBe(id)
    expect(await outbox.settle(held as { id: string; lease: number }, { state: 'delivered' })).toBe(true)
    await close()
  })
})

describe('a retry by hand', () => {
  it('of a message that is being delivered leaves it to that try', async () => {
    await promise(1)
    const { outbox, close } = await openQueue()
    const [held] = await outbox.lease(roomFor(1), 60_000)
    expect(await outbox.retry(held?.id as string)).toBe('due')
    expect(await outbox.lease(roomFor(1), 60_000)).toEqual([])
    expect(await outbox.settle(held as { id: string; lease: number }, { state: 'delivered' })).toBe(true)
    await close()
  })

  it('does not undo the fence: a worker whose lease ran out settles nothing of those that came after', async () => {
    await promise(1)
    const [first, second] = [await openQueue(), await openQueue()]
    const [held] = await first.outbox.lease(roomFor(1), 1)
    await expect.poll(() => second.outbox.nextDueMs()).toBe(0)
    expect(await second.outbox.retry(held?.id as string)).toBe('due')
    const [taken] = await second.outbox.lease(roomFor(1), 60_000)
    // The tries begin anew, and the same number of tries is no proof of the same lease.
    expect([taken?.id, taken?.attempts, held?.attempts]).toEqual([held?.id, 1, 1])
    const stale = { id: held?.id as string, lease: held?.lease as number }
    expect(await first.outbox.settle(stale, { state: 'failed', error: 'too late' })).toBe(false)
    expect(await second.outbox.settle(taken as { id: string; lease: number }, { state: 'delivered' })).toBe(
      true,
    )
    await first.close()
    await second.close()
  })
})
