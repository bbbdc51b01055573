/** The worker against a queue in memory, with timers that only the test advances. */

import { describe, expect, it } from 'vitest'
import type { DeliveryOutcome, LeasedMessage, Message, Outbox, Sender } from '../core/index.js'
import { silentLogger } from '../base/index.js'
import { describeFault } from './fault.js'
import { createInbox } from './inbox.js'
import { createWorker } from './worker.js'

const token = 'a-token-that-nobody-sees'
const code = '424242'
const newEndingToken = (userId: string, id: string): string => `end-${userId}-${id}`

function leased(id: string, changes: Partial<LeasedMessage> = {}): LeasedMessage {
  return {
    id,
    event: 'sign_in',
    to: { type: 'email', value: `${id}@example.com` },
    user: { id: 'user', name: 'Ada', locale: 'pt' },
    sealed: Uint8Array.of(1),
    codeLength: null,
    sessionId: null,
    attempts: 1,
    lease: 1,
    expiresAt: new Date(0),
    ...changes,
  }
}

function createQueue(...messages: LeasedMessage[]) {
  const waiting = [...messages]
  const settled = new Map<string, DeliveryOutcome>()
  const outbox: Outbox = {
    lease: ({ email }) => Promise.resolve(waiting.splice(0, email.secrets)),
    discard: () => Promise.resolve(0),
    settle: ({ id }, outcome) => {
      settled.set(id, outcome)
      return Promise.resolve(true)
    },
    nextDueMs: () => Promise.resolve(null),
    list: () => Promise.resolve([]),
    retry: () => Promise.resolve('due'),
    onQueued: () => Promise.resolve(() => Promise.resolve()),
  }
  return { outbox, settled, waiting }
}

function createTimers() {
  const pending = new Map<object, { afterMs: number; task: () => void }>()
  return {
    pending,
    set(afterMs: number, task: () => void) {
      const key = {}
      pending.set(key, { afterMs, task })
      return key
    },
    clear: (key: unknown) => void pending.delete(key as object),
    fire() {
      for (const [key, { task }] of [...pending]) {
        pending.delete(key)
        task()
      }
    },
  }
}

function createTestWorker(outbox: Outbox, sender: Sender, timers = createTimers()) {
  return createWorker({
    outbox,
    sender,
    timers,
    secrets: { unseal: (_, sealed) => (sealed[0] === 1 ? { token, code } : null), newEndingToken },
    link: (event, secret) => (event === 'sign_in' ? `https://app.example/in?token=${secret}` : undefined),
    logger: silentLogger,
    maxAttempts: 8,
    random: () => 0.5,
  })
}

const failing = (error: Error): Sender => ({ deliver: () => Promise.reject(error) })

describe('what a sender gets', () => {
  it('is the whole message: link, token and code to an email, a code alone to a phone, neither in a notice', async () => {
    const inbox = createInbox()
    const phone = { type: 'phone', value: '+351912345678' } as const
    const notice = { event: 'password_changed', sealed: null, expiresAt: null } as const
    const { outbox, settled } = createQueue(
      leased('mail'),
      leased('phone', { to: phone }),
      leased('notice', notice),
    )
    const report = await createTestWorker(outbox, inbox).drain()
    expect(report).toEqual({ delivered: 3, dropped: 0, retried: 0, failed: 0 })
    expect(settled.get('mail')).toEqual({ state: 'delivered' })
    const [mail, text, told] = ['mail', 'phone', 'notice'].map((id) =>
      inbox.all().find((each) => each.id === id),
    )
    expect(mail).toEqual({
      id: 'mail',
      event: 'sign_in',
      to: { type: 'email', value: 'mail@example.com' },
      user: { id: 'user', name: 'Ada' },
      link: `https://app.example/in?token=${token}`,
      token,
      code,
      expiresAt: new Date(0),
      locale: 'pt',
    })
    expect([text?.code, text?.link, text?.token]).toEqual([code, undefined, undefined])
    expect([told?.code, told?.link, told?.expiresAt]).toEqual([undefined, undefined, undefined])
  })

  it('is nothing for a decoy, and nothing for what was changed', async () => {
    const inbox = createInbox()
    const { outbox, settled } = createQueue(
      leased('decoy', { user: null }),
      leased('stale', { sealed: Uint8Array.of(2) }),
    )
    expect(await createTestWorker(outbox, inbox).drain()).toEqual({
      delivered: 0,
      dropped: 1,
      retried: 0,
      failed: 1,
    })
    expect(inbox.all()).toEqual([])
    expect(settled.get('stale')).toEqual({
      state: 'failed',
      error: 'its sealed secrets were changed, or belong to another message',
    })
  })
})

describe('a sender that fails', () => {
  it('is tried again with growing pauses: 5 s for secrets and 60 s for notices, doubled each time', async () => {
    for (const [expiresAt, first] of [
      [new Date(0), 5_000],
      [null, 60_000],
    ] as const) {
      for (const attempts of [1, 2, 3, 7]) {
        const { outbox, settled } = createQueue(leased('x', { attempts, expiresAt }))
        await createTestWorker(outbox, failing(new Error('no'))).drain()
        expect(settled.get('x')).toEqual({
          state: 'retry',
          afterMs: first * 2 ** (attempts - 1),
          error: 'no',
        })
      }
    }
  })

  it('is not tried again where the fault says that it is permanent', async () => {
    const { outbox, settled } = createQueue(leased('x', { attempts: 1 }))
    await createTestWorker(
      outbox,
      failing(Object.assign(new Error('no such number'), { permanent: true })),
    ).drain()
    expect(settled.get('x')).toEqual({ state: 'failed', error: 'no such number' })
  })

  it('is given up after eight tries', async () => {
    const { outbox, settled } = createQueue(leased('x', { attempts: 8 }))
    await createTestWorker(outbox, failing(new Error('no'))).drain()
    expect(settled.get('x')).toEqual({ state: 'failed', error: 'no' })
  })

  it('leaves no secret in what is recorded', async () => {
    const { outbox, settled } = createQueue(leased('x'))
    const words = `could not send https://app.example/in?token=${token} with ${code}\nand a second line`
    await createTestWorker(outbox, failing(Object.assign(new Error(words), { code: 'EAUTH' }))).drain()
    const { error } = settled.get('x') as { error: string }
    expect(error).toBe('EAUTH: could not send [secret] with [secret]')
    expect(describeFault('a/b', ['a/b'])).toBe('[secret]')
    expect(describeFault(new Error('x'.repeat(1000)), [])).toHaveLength(300)
    expect(describeFault(undefined, [])).toBe('undefined')
  })

  it('that throws at once, or hangs, holds up nobody else', async () => {
    const inbox = createInbox()
    const timers = createTimers()
    const sender: Sender = {
      deliver(message: Message) {
        if (message.id === 'hangs') return new Promise(() => undefined)
        if (message.id === 'throws') throw new Error('at once')
        return inbox.deliver(message)
      },
    }
    const others = Array.from({ length: 40 }, (_, index) => leased(`other-${index}`))
    const { outbox, settled } = createQueue(leased('hangs'), leased('throws'), ...others)
    const draining = createTestWorker(outbox, sender, timers).drain()
    await expect.poll(() => inbox.all().length).toBe(40)
    expect(settled.get('hangs')).toBeUndefined()
    timers.fire()
    expect(await draining).toEqual({ delivered: 40, dropped: 0, retried: 2, failed: 0 })
    expect(settled.get('hangs')).toMatchObject({
      state: 'retry',
      error: 'The sender took longer than 30000 ms.',
    })
  })
})

describe('a running worker', () => {
  it('delivers what is there, what it is woken for, and leaves nothing behind when it stops', async () => {
    const inbox = createInbox()
    const timers = createTimers()
    const { outbox, waiting } = createQueue(leased('first'))
    const worker = createTestWorker(outbox, inbox, timers)
    worker.start()
    worker.start()
    await expect.poll(() => inbox.all().length).toBe(1)
    waiting.push(leased('second'))
    worker.wake()
    await expect.poll(() => inbox.all().length).toBe(2)
    await worker.stop()
    expect(timers.pending.size).toBe(0)
    waiting.push(leased('third'))
    worker.wake()
    expect(inbox.all()).toHaveLength(2)
  })

  it('goes on with growing pauses while the queue cannot be read', async () => {
    const timers = createTimers()
    let broken = true
    const inbox = createInbox()
    const { outbox } = createQueue(leased('x'))
    const lease: Outbox['lease'] = (limit, ms) =>
      broken ? Promise.reject(new Error('gone')) : outbox.lease(limit, ms)
    const worker = createTestWorker({ ...outbox, lease }, inbox, timers)
    worker.start()
    const pauses: number[] = []
    for (let round = 0; round < 3; round++) {
      await expect.poll(() => timers.pending.size).toBe(1)
      pauses.push([...timers.pending.values()][0]?.afterMs as number)
      timers.fire()
    }
    expect(pauses).toEqual([2000, 4000, 8000])
    broken = false
    await expect.poll(() => timers.pending.size).toBe(1)
    timers.fire()
    await expect.poll(() => inbox.all().length).toBe(1)
    await worker.stop()
  })
})
