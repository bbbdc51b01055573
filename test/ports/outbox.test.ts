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
