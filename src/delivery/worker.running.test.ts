/**
 * The running worker: places, pauses, stopping, and concurrent drains. Timers advance only when the test says
 * so.
 */

import { describe, expect, it } from 'vitest'
import type { Logger } from '../base/index.js'
import type { DeliveryOutcome, LeasedMessage, Message, Outbox, Sender } from '../core/index.js'
import { createInbox } from './inbox.js'
import { createWorker } from './worker.js'
import type { WorkerOptions } from './worker.js'

const token = 'a-token-that-nobody-sees'
const code = '424242'
const start = new Date('2026-01-01T00:00:00Z')
const newEndingToken = (userId: string, id: string): string => `end-${userId}-${id}`

function leased(id: string, changes: Partial<LeasedMessage> = {}): LeasedMessage {
  return {
    id,
    event: 'sign_in',
    to: { type: 'email', value: `${id}@example.com` },
    user: { id: 'user', name: 'Ada', locale: null },
    sealed: Uint8Array.of(1),
    codeLength: null,
    sessionId: null,
    attempts: 1,
    lease: 1,
    expiresAt: null,
    ...changes,
  }
}

/** A queue, timers, a log and a worker that uses them; `changes` replace options of the worker. */
function setUp(changes: Partial<WorkerOptions> = {}, queue: Partial<Outbox> = {}) {
  const waiting: LeasedMessage[] = []
  const settled = new Map<string, DeliveryOutcome>()
  const pending = new Map<object, { readonly afterMs: number; readonly task: () => void }>()
  const log: string[] = []
  const state = { dueInMs: null as number | null, leases: 0, discards: 0, listeners: new Set<() => void>() }
  const note = (fields: unknown, message: string): void =>
    void log.push(`${message} ${JSON.stringify(fields)}`)
  const logger: Logger = { debug: note, info: note, warn: note, error: note }
  const inbox = createInbox()
  const worker = createWorker({
    outbox: {
      lease({ email }) {
        state.leases++
        return Promise.resolve(waiting.splice(0, email.secrets))
      },
      discard() {
        state.discards++
        return Promise.resolve(0)
      },
      settle({ id }, outcome) {
        settled.set(id, outcome)
        return Promise.resolve(true)
      },
      nextDueMs: () => Promise.resolve(state.dueInMs),
      onQueued(callback) {
        state.listeners.add(callback)
        return Promise.resolve(() => {
          state.listeners.delete(callback)
          return Promise.resolve()
        })
      },
      ...queue,
    },
    secrets: { unseal: () => ({ token, code }), newEndingToken },
    sender: inbox,
    link: (_, secret) => `https://app.example/in?token=${secret}`,
    logger,
    maxAttempts: 8,
    random: () => 0.5,
    now: () => start,
    timers: {
      set(afterMs, task) {
        const key = {}
        pending.set(key, { afterMs, task })
        return key
      },
      clear: (key) => void pending.delete(key as object),
    },
    ...changes,
  })
  const pauses = (): number[] => [...pending.values()].map(({ afterMs }) => afterMs)
  function fire(afterMs: number): void {
    for (const [key, timer] of [...pending]) {
      if (timer.afterMs !== afterMs) continue
      pending.delete(key)
      timer.task()
    }
  }
  return { worker, waiting, settled, inbox, log, state, pending, pauses, fire }
}

/** Lets all work continue that waits for no timer. */
async function turn(): Promise<void> {
  for (let round = 0; round < 20; round++) await new Promise(setImmediate)
}

/** A sender whose deliveries end when the test says so. */
function createGate() {
  const open = new Map<string, { resolve(): void; reject(error: Error): void }>()
  const seen: string[] = []
  const sender: Sender = {
    deliver: ({ id }: Message) =>
      new Promise((resolve, reject) => {
        seen.push(id)
        open.set(id, { resolve, reject })
      }),
  }
  return { sender, seen, open }
}

const failing = (error: Error): Sender => ({ deliver: () => Promise.reject(error) })

describe('the pause before another try', () => {
  async function pauseOf(
    message: Partial<LeasedMessage>,
    changes: Partial<WorkerOptions> = {},
  ): Promise<number> {
    const { worker, waiting, settled } = setUp({ sender: failing(new Error('no')), ...changes })
    waiting.push(leased('x', message))
    await worker.drain()
    return (settled.get('x') as { afterMs: number }).afterMs
  }
  const inMs = (ms: number): Date => new Date(start.getTime() + ms)

  it('is spread by a fifth to either side', async () => {
    const far = { expiresAt: inMs(600_000) }
    expect(await pauseOf(far, { random: () => 0 })).toBe(4_000)
    expect(await pauseOf(far, { random: () => 1 })).toBe(6_000)
    expect(await pauseOf({}, { random: () => 0 })).toBe(48_000)
  })

  it('ends before the secret does: half of what is left, but not less than the first pause', async () => {
    expect(await pauseOf({ attempts: 7, expiresAt: inMs(100_000) })).toBe(50_000)
    expect(await pauseOf({ attempts: 7, expiresAt: inMs(6_000) })).toBe(5_000)
  })

  it('is the usual one where this clock takes a message that the database leased for expired', async () => {
    expect(await pauseOf({ attempts: 3, expiresAt: inMs(-3_600_000) })).toBe(20_000)
  })

  it('is at least what the provider asked for, within six hours', async () => {
    const asking = (retryAfterMs: unknown): Partial<WorkerOptions> => ({
      sender: failing(Object.assign(new Error('slow down'), { retryAfterMs })),
    })
    expect(await pauseOf({}, asking(90_000))).toBe(90_000)
    expect(await pauseOf({}, asking(1_000))).toBe(60_000)
    expect(await pauseOf({}, asking(Number.NaN))).toBe(60_000)
    expect(await pauseOf({}, asking(1e15))).toBe(21_600_000)
    expect(await pauseOf({ attempts: 60 }, { maxAttempts: 100 })).toBe(21_600_000)
  })
})

describe('a message', () => {
  it('that has used up its tries without an answer is given up, and not sent again', async () => {
    const { worker, waiting, settled, inbox } = setUp()
    waiting.push(leased('x', { attempts: 9 }))
    expect(await worker.drain()).toEqual({ delivered: 0, dropped: 0, retried: 0, failed: 1 })
    expect([inbox.all().length, settled.get('x')?.state]).toEqual([0, 'failed'])
  })

  it('whose lease was lost is neither counted nor told of', async () => {
    const { worker, waiting, log } = setUp(
      { sender: failing(new Error('no')) },
      { settle: () => Promise.resolve(false) },
    )
    waiting.push(leased('x'))
    expect(await worker.drain()).toEqual({ delivered: 0, dropped: 0, retried: 0, failed: 0 })
    expect(log).toEqual([])
  })

  it('to nobody leaves no trace: nothing is unsealed, sent or logged', async () => {
    const unsealed: string[] = []
    const { worker, waiting, log, inbox } = setUp({
      secrets: {
        newEndingToken,
        unseal(id) {
          unsealed.push(id)
          return null
        },
      },
    })
    waiting.push(leased('decoy', { user: null }))
    expect((await worker.drain()).dropped).toBe(1)
    expect([unsealed, inbox.all(), log]).toEqual([[], [], []])
  })

  it('that cannot be built fails by itself: its link or its secrets throw', async () => {
    const { worker, waiting, settled, log } = setUp({
      link: (_, secret) => {
        if (secret === null) return undefined
        throw new Error(`no page for ${secret} of x@example.com`)
      },
    })
    waiting.push(leased('x'), leased('notice', { sealed: null, event: 'password_changed' }))
    expect(await worker.drain()).toEqual({ delivered: 1, dropped: 0, retried: 1, failed: 0 })
    expect(settled.get('x')).toMatchObject({ error: 'no page for [secret] of [secret]' })
    expect(log.join()).not.toMatch(/a-token|424242|@example/)
  })
})

describe('drains', () => {
  it('beside each other and beside the running worker deliver each message once, and count it once', async () => {
    const { worker, waiting, inbox } = setUp()
    for (let index = 0; index < 100; index++) waiting.push(leased(`m${index}`))
    const reports = await Promise.all([worker.drain(), worker.drain(), worker.drain(), worker.drain()])
    expect(reports.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(100)
    expect(inbox.all()).toHaveLength(100)
    worker.start()
    for (let index = 0; index < 50; index++) waiting.push(leased(`n${index}`))
    await worker.drain()
    expect(inbox.all()).toHaveLength(150)
    await worker.stop()
  })

  it('wait for what the running worker took before', async () => {
    const gate = createGate()
    const { worker, waiting } = setUp({ sender: gate.sender })
    waiting.push(leased('x'))
    worker.start()
    await turn()
    let drained = false
    const draining = worker.drain().then(() => (drained = true))
    await turn()
    expect([gate.seen, drained]).toEqual([['x'], false])
    gate.open.get('x')?.resolve()
    await draining
    await worker.stop()
  })

  it('work again after the worker was stopped', async () => {
    const { worker, waiting, pending } = setUp()
    worker.start()
    await worker.stop()
    waiting.push(leased('x'))
    expect((await worker.drain()).delivered).toBe(1)
    expect(pending.size).toBe(0)
  })

  it('throw what the database threw, after the deliveries in flight have ended', async () => {
    const gate = createGate()
    const settled: string[] = []
    const { worker, waiting } = setUp(
      { sender: gate.sender },
      {
        settle({ id }) {
          if (id === 'bad') return Promise.reject(new Error('connection lost'))
          settled.push(id)
          return Promise.resolve(true)
        },
      },
    )
    waiting.push(leased('bad'), leased('good'))
    const draining = worker.drain()
    const ended = expect(draining).rejects.toThrow('connection lost')
    await turn()
    gate.open.get('bad')?.resolve()
    await turn()
    gate.open.get('good')?.resolve()
    await ended
    expect(settled).toEqual(['good'])
  })
})

describe('a running worker', () => {
  it('delivers what is queued while another delivery hangs', async () => {
    const gate = createGate()
    const { worker, waiting, settled } = setUp({ sender: gate.sender })
    waiting.push(leased('hangs'))
    worker.start()
    await turn()
    waiting.push(leased('late'))
    worker.wake()
    await turn()
    gate.open.get('late')?.resolve()
    await turn()
    expect([gate.seen, [...settled.keys()]]).toEqual([['hangs', 'late'], ['late']])
    gate.open.get('hangs')?.resolve()
    await worker.stop()
  })

  it('has sixteen deliveries at once and no more, and goes on when a place is free', async () => {
    const gate = createGate()
    const { worker, waiting } = setUp({ sender: gate.sender })
    for (let index = 0; index < 40; index++) waiting.push(leased(`m${index}`))
    worker.start()
    await turn()
    expect(gate.seen).toHaveLength(16)
    gate.open.get('m3')?.resolve()
    await turn()
    expect(gate.seen).toHaveLength(17)
    for (let index = 0; index < 40; index++) {
      gate.open.get(`m${index}`)?.resolve()
      await turn()
    }
    for (const { resolve } of gate.open.values()) resolve()
    await turn()
    expect(gate.seen).toHaveLength(40)
    await worker.stop()
  })

  const phone = { type: 'phone', value: '+351912345678' } as const
  const secretEnd = new Date(start.getTime() + 600_000)

  /**
   * A lease like the database's: for each channel secrets first, and notices up to their number of places.
   */
  function leaseFrom(waiting: LeasedMessage[]): Outbox['lease'] {
    return (room) => {
      const taken = (['email', 'phone'] as const).flatMap((type) => {
        const mine = waiting.filter(({ to }) => to.type === type)
        const secrets = mine.filter(({ expiresAt }) => expiresAt !== null).slice(0, room[type].secrets)
        const most = Math.min(room[type].notices, room[type].secrets - secrets.length)
        return [...secrets, ...mine.filter(({ expiresAt }) => expiresAt === null).slice(0, most)]
      })
      for (const each of taken) waiting.splice(waiting.indexOf(each), 1)
      return Promise.resolve(taken)
    }
  }

  it('is held up by no channel but the one that is slow', async () => {
    const gate = createGate()
    const waiting: LeasedMessage[] = []
    const { worker } = setUp({ sender: gate.sender }, { lease: leaseFrom(waiting) })
    for (let index = 0; index < 40; index++) waiting.push(leased(`mail${index}`, { expiresAt: secretEnd }))
    worker.start()
    await turn()
    waiting.push(leased('text', { to: phone, expiresAt: secretEnd }))
    worker.wake()
    await turn()
    expect(gate.seen.filter((id) => id.startsWith('mail'))).toHaveLength(16)
    expect(gate.seen).toContain('text')
    for (let round = 0; round < 40; round++) {
      for (const { resolve } of gate.open.values()) resolve()
      await turn()
    }
    await worker.stop()
  })

  it('lets sixteen slow deliveries move aside after two seconds, and never more than it has room for', async () => {
    const gate = createGate()
    const { worker, waiting, fire } = setUp({ sender: gate.sender })
    for (let index = 0; index < 100; index++) waiting.push(leased(`m${index}`, { expiresAt: secretEnd }))
    worker.start()
    await turn()
    expect(gate.seen).toHaveLength(16)
    for (const count of [32, 48, 64, 64, 64]) {
      fire(2_000)
      await turn()
      expect(gate.seen).toHaveLength(count)
    }
    for (let round = 0; round < 40; round++) {
      for (const { resolve } of gate.open.values()) resolve()
      await turn()
    }
    expect(gate.seen).toHaveLength(100)
    await worker.stop()
  })

  it('keeps places for secrets behind a backlog of notices', async () => {
    const gate = createGate()
    const waiting: LeasedMessage[] = []
    const { worker } = setUp({ sender: gate.sender }, { lease: leaseFrom(waiting) })
    for (let index = 0; index < 30; index++) waiting.push(leased(`notice${index}`))
    worker.start()
    await turn()
    expect(gate.seen).toHaveLength(12)
    waiting.push(leased('code', { expiresAt: secretEnd }))
    worker.wake()
    await turn()
    expect(gate.seen.at(-1)).toBe('code')
    for (let round = 0; round < 40; round++) {
      for (const { resolve } of gate.open.values()) resolve()
      await turn()
    }
    await worker.stop()
  })

  it('looks for the new time when a drain beside it failed', async () => {
    const gate = createGate()
    const { worker, waiting, state, pauses } = setUp({ sender: gate.sender })
    worker.start()
    await turn()
    expect(pauses()).toEqual([30_000])
    waiting.push(leased('x'))
    const drained = worker.drain()
    await turn()
    state.dueInMs = 5_000
    gate.open.get('x')?.reject(new Error('no'))
    await drained
    await turn()
    expect(pauses()).toEqual([5_000])
    await worker.stop()
  })

  it('closes what is over where something is due that it cannot lease', async () => {
    const { worker, state } = setUp()
    worker.start()
    await turn()
    expect(state.discards).toBe(0)
    state.dueInMs = 0
    worker.wake()
    await turn()
    expect(state.discards).toBe(1)
    await worker.stop()
  })

  it('tells the sender when a try is given up', async () => {
    const signals: AbortSignal[] = []
    const sender: Sender = {
      deliver: (_, delivery) => {
        signals.push(delivery?.signal as AbortSignal)
        return new Promise(() => undefined)
      },
    }
    const { worker, waiting, settled, fire } = setUp({ sender })
    waiting.push(leased('x', { expiresAt: secretEnd }))
    worker.start()
    await turn()
    expect(signals[0]?.aborted).toBe(false)
    fire(30_000)
    await turn()
    expect([signals[0]?.aborted, settled.get('x')?.state]).toEqual([true, 'retry'])
    await worker.stop()
  })

  it('looks again when something is due, at least every 30 s, and never in a tight circle', async () => {
    const { worker, state, pauses } = setUp()
    for (const [dueInMs, pause] of [
      [null, 30_000],
      [7_000, 7_000],
      [9e9, 30_000],
      [0, 100],
    ] as const) {
      state.dueInMs = dueInMs
      worker.start()
      worker.wake()
      await turn()
      expect(pauses()).toEqual([pause])
    }
    await worker.stop()
  })

  it('looks for the new time when a delivery is to be tried again', async () => {
    const gate = createGate()
    const { worker, waiting, state, pauses } = setUp({ sender: gate.sender })
    waiting.push(leased('x'))
    worker.start()
    await turn()
    state.dueInMs = 5_000
    gate.open.get('x')?.reject(new Error('no'))
    await turn()
    expect(pauses()).toEqual([5_000])
    await worker.stop()
  })

  it('is woken by other processes, and stops listening', async () => {
    const { worker, waiting, inbox, state } = setUp()
    worker.start()
    await turn()
    waiting.push(leased('x'))
    for (const listener of state.listeners) listener()
    await turn()
    expect(inbox.all()).toHaveLength(1)
    await worker.stop()
    expect(state.listeners.size).toBe(0)
  })

  it('polls where nothing can be listened to, and says so once', async () => {
    const { worker, waiting, inbox, log, fire } = setUp(
      {},
      { onQueued: () => Promise.reject(new Error('no')) },
    )
    worker.start()
    await turn()
    waiting.push(leased('x'))
    fire(30_000)
    await turn()
    expect(inbox.all()).toHaveLength(1)
    expect(log.filter((line) => line.startsWith('the outbox is polled'))).toHaveLength(1)
    await worker.stop()
  })

  it('says once that the database is away, and again only after it was back', async () => {
    let broken = true
    const { worker, log, fire, pauses } = setUp(
      {},
      { lease: () => (broken ? Promise.reject(new Error('gone')) : Promise.resolve([])) },
    )
    worker.start()
    for (const pause of [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      await turn()
      expect(pauses()).toEqual([pause])
      fire(pause)
    }
    expect(log).toEqual(['the outbox cannot be reached {"error":"gone"}'])
    broken = false
    await turn()
    fire(30_000)
    await turn()
    broken = true
    fire(30_000)
    await turn()
    expect(log).toHaveLength(2)
    await worker.stop()
  })

  it('outlives a logger that throws', async () => {
    const fail = (): never => {
      throw new Error('the log is full')
    }
    const logger: Logger = { debug: fail, info: fail, warn: fail, error: fail }
    const { worker, waiting, settled } = setUp({ sender: failing(new Error('no')), logger })
    waiting.push(leased('x'))
    expect((await worker.drain()).retried).toBe(1)
    expect(settled.size).toBe(1)
  })
})

describe('stopping', () => {
  it('waits for the deliveries in flight, and begins none of the backlog', async () => {
    const gate = createGate()
    const { worker, waiting, settled, pending } = setUp({ sender: gate.sender })
    for (let index = 0; index < 40; index++) waiting.push(leased(`m${index}`))
    worker.start()
    await turn()
    const stopping = worker.stop()
    for (const { resolve } of gate.open.values()) resolve()
    await stopping
    expect([settled.size, gate.seen.length, waiting.length, pending.size]).toEqual([16, 16, 24, 0])
  })

  it('ends a drain as well, after what it has begun', async () => {
    const gate = createGate()
    const { worker, waiting } = setUp({ sender: gate.sender })
    for (let index = 0; index < 20; index++) waiting.push(leased(`m${index}`))
    const draining = worker.drain()
    await turn()
    const stopping = worker.stop()
    for (const { resolve } of gate.open.values()) resolve()
    await stopping
    expect([(await draining).delivered, waiting.length]).toEqual([16, 4])
  })

  it('does not wait for ever: not longer than a sender may take, and says so', async () => {
    const { worker, waiting, log, fire, pending } = setUp({}, { settle: () => new Promise(() => undefined) })
    waiting.push(leased('x'))
    worker.start()
    await turn()
    const stopping = worker.stop()
    await turn()
    fire(35_000)
    await stopping
    expect(log).toEqual([expect.stringContaining('the worker stopped with deliveries in flight')])
    expect(pending.size).toBe(0)
  })
})
