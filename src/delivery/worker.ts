/**
 * The worker that delivers queued messages, at least once each and always with the same id.
 *
 * Invariants: (1) no transaction is held while a sender works; (2) a sender that throws, hangs or is slow
 * delays no other message (`places.ts`), and is abandoned after a while; (3) no record or log line contains a
 * secret; (4) after `stop` no timer is left and no delivery begins.
 */

import type { Logger } from '../base/index.js'
import type {
  DeliveryOutcome,
  LeasedMessage,
  Message,
  MessageTexts,
  Outbox,
  Secrets,
  Sender,
} from '../core/index.js'
import { describeFault, isPermanent } from './fault.js'
import { createPlaces } from './places.js'

/** Timers, which tests replace. */
export interface Timers {
  set(afterMs: number, task: () => void): unknown
  clear(timer: unknown): void
}

/** The parts of a worker. */
export interface WorkerOptions {
  readonly outbox: Pick<Outbox, 'lease' | 'discard' | 'settle' | 'nextDueMs' | 'onQueued'>
  readonly secrets: Pick<Secrets, 'unseal' | 'newEndingToken'>
  readonly sender: Sender
  /**
   * The absolute link of an event: with the token, to a page without one, or undefined if the event has no
   * link.
   */
  readonly link: (event: Message['event'], token: string | null) => string | undefined
  /** The texts of the messages of features. */
  readonly texts?: ((event: Message['event']) => MessageTexts | undefined) | undefined
  readonly logger: Logger
  readonly maxAttempts: number
  /** Returns a number between 0 and 1 that spreads retries. */
  readonly random: () => number
  /** Used only to move a retry before an expiry; the database decides what has expired. */
  readonly now?: (() => Date) | undefined
  readonly timers?: Timers | undefined
  /** How long a sender may take, in milliseconds; must be shorter than the lease of 60 s. @default 30000 */
  readonly timeoutMs?: number | undefined
}

/** The result of a drain. */
export interface DrainReport {
  readonly delivered: number
  readonly dropped: number
  readonly retried: number
  readonly failed: number
}

type Settled = DeliveryOutcome['state'] | 'lost'

const leaseMs = 60_000
const longestPauseMs = 30_000
// A row that another transaction has locked is due but can't be leased. This pause keeps the worker from
// spinning.
const shortestPauseMs = 100
// A delivery that ends earlier gives its place to a waiting message.
const fullPauseMs = 1_000
const maxDiscarded = 500
const secretRetryMs = 5_000
const noticeRetryMs = 60_000
const longestRetryMs = 6 * 3_600_000
const spread = 0.2
const settleGraceMs = 5_000

/** Timers of the platform that don't keep the process alive. */
export const platformTimers: Timers = {
  set: (afterMs, task) => setTimeout(task, afterMs).unref(),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

function toMessage(
  leased: LeasedMessage,
  user: NonNullable<LeasedMessage['user']>,
  carried: Pick<WorkerOptions, 'link' | 'texts'> & {
    readonly secrets: ReturnType<Secrets['unseal']>
    readonly ending: string | null
  },
): Message {
  const { id, event, to, codeLength, expiresAt } = leased
  const { secrets, ending } = carried
  const token = secrets !== null && to.type === 'email' ? secrets.token : undefined
  const link = to.type === 'email' ? carried.link(event, token ?? ending) : undefined
  const texts = carried.texts?.(event)
  return {
    id,
    event,
    to,
    user: { id: user.id, name: user.name },
    ...(texts !== undefined && { texts }),
    ...(link !== undefined && { link }),
    ...(token !== undefined && { token }),
    ...(secrets !== null && { code: secrets.code.slice(0, codeLength ?? undefined) }),
    ...(expiresAt !== null && { expiresAt }),
    ...(user.locale !== null && { locale: user.locale }),
  }
}

/** How long the provider asked to wait, if it did. */
function askedPauseMs(fault: unknown): number {
  if (typeof fault !== 'object' || fault === null) return 0
  const { retryAfterMs } = fault as { retryAfterMs?: unknown }
  return typeof retryAfterMs === 'number' && retryAfterMs > 0 ? retryAfterMs : 0
}

/** Creates the worker of one queue. `start` runs it continuously; `drain` works with and without that. */
export function createWorker(options: WorkerOptions) {
  const { outbox, secrets, sender, link, texts, logger, maxAttempts, random } = options
  const now = options.now ?? (() => new Date())
  const timers = options.timers ?? platformTimers
  const timeoutMs = options.timeoutMs ?? 30_000

  /** Deliveries, and all other work that `stop` waits for. */
  const inFlight = new Set<Promise<unknown>>()
  const passes = new Set<Promise<unknown>>()
  /** Leases of the running worker whose deliveries have not begun. */
  const leases = new Set<Promise<unknown>>()
  let started = false
  let stops = 0
  let discarding = false
  let passing = false
  let wakeAgain = false
  let timer: unknown
  let faults = 0
  let stopListening: Promise<() => Promise<void>> | undefined
  const places = createPlaces({ timers, onRoom: run })

  function track<T>(set: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
    const quiet = work.catch(() => undefined).finally(() => set.delete(quiet))
    set.add(quiet)
    return work
  }

  // A logger that fails must not fail the delivery that it logs.
  function say(level: 'warn' | 'error', fields: Readonly<Record<string, unknown>>, message: string): void {
    try {
      logger[level](fields, message)
    } catch {
      return
    }
  }

  async function within<T>(limitMs: number, who: string, work: Promise<T>): Promise<T> {
    let expiry: unknown
    const late = new Promise<never>((_, reject) => {
      expiry = timers.set(limitMs, () => reject(new Error(`${who} took longer than ${limitMs} ms.`)))
    })
    try {
      return await Promise.race([work, late])
    } finally {
      timers.clear(expiry)
    }
  }

  function retryAfterMs({ attempts, expiresAt }: LeasedMessage, fault: unknown): number {
    const first = expiresAt === null ? noticeRetryMs : secretRetryMs
    const own = first * 2 ** (attempts - 1) * (1 - spread + 2 * spread * random())
    const pause = Math.min(Math.max(own, askedPauseMs(fault)), longestRetryMs)
    const leftMs = expiresAt === null ? Infinity : expiresAt.getTime() - now().getTime()
    // An attempt after the expiry would be useless. Half of the remaining time still leaves time to use the
    // secret.
    const late = leftMs > 0 && pause >= leftMs
    return Math.round(late ? Math.max(leftMs / 2, secretRetryMs) : pause)
  }

  async function attempt(leased: LeasedMessage): Promise<DeliveryOutcome> {
    const { id, user, sealed, attempts, to, sessionId } = leased
    if (user === null) return { state: 'dropped' }
    // Every attempt so far ended without a result, perhaps because the process died.
    if (attempts > maxAttempts) return { state: 'failed', error: 'given up: the last tries did not end' }
    const hidden = [to.value]
    const giveUp = new AbortController()
    try {
      const opened = sealed === null ? null : secrets.unseal(id, sealed)
      if (sealed !== null && opened === null) {
        return { state: 'failed', error: 'its sealed secrets were changed, or belong to another message' }
      }
      if (opened !== null) hidden.push(opened.token, opened.code.slice(0, leased.codeLength ?? undefined))
      const ending = sessionId === null ? null : secrets.newEndingToken(user.id, sessionId)
      if (ending !== null) hidden.push(ending)
      const message = toMessage(leased, user, { secrets: opened, ending, link, texts })
      if (message.link !== undefined) hidden.push(message.link)
      const sending = Promise.resolve(sender.deliver(message, { signal: giveUp.signal, now: now() }))
      await within(timeoutMs, 'The sender', sending)
      return { state: 'delivered' }
    } catch (fault) {
      const error = describeFault(fault, hidden)
      if (attempts >= maxAttempts || isPermanent(fault)) return { state: 'failed', error }
      return { state: 'retry', afterMs: retryAfterMs(leased, fault), error }
    } finally {
      // A sender that is still running could send the message again while another worker sends it.
      giveUp.abort()
    }
  }

  async function deliver(leased: LeasedMessage): Promise<Settled> {
    const outcome = await attempt(leased)
    const held = await outbox.settle(leased, outcome)
    if (!held) return 'lost'
    if ('error' in outcome) {
      const { id, event, attempts } = leased
      say('warn', { messageId: id, event, attempts, error: outcome.error }, `message ${outcome.state}`)
    }
    return outcome.state
  }

  const begin = (leased: LeasedMessage): Promise<Settled> => track(inFlight, deliver(leased))

  async function drainDue(): Promise<DrainReport> {
    const report = { delivered: 0, dropped: 0, retried: 0, failed: 0 }
    const names = { delivered: 'delivered', dropped: 'dropped', retry: 'retried', failed: 'failed' } as const
    const own = new Set<Promise<void>>()
    const stopsBefore = stops
    let fault: { readonly error: unknown } | undefined
    let tellRoom = (): void => undefined
    const ownPlaces = createPlaces({ timers, onRoom: () => tellRoom() })
    const lease = (): Promise<LeasedMessage[]> => outbox.lease(ownPlaces.room(), leaseMs)
    for (;;) {
      const roomy = new Promise<void>((resolve) => (tellRoom = resolve))
      const goesOn = fault === undefined && stops === stopsBefore
      const wasIdle = own.size === 0
      const leased =
        goesOn && ownPlaces.hasRoom()
          ? await lease().catch((error: unknown) => {
              fault ??= { error }
              return []
            })
          : []
      for (const message of leased) {
        const leave = ownPlaces.take(message)
        const task: Promise<void> = begin(message)
          .then(
            (state) => {
              if (state !== 'lost') report[names[state]]++
              // The running worker does not know the new time yet.
              if (state === 'retry') run()
            },
            (error: unknown) => {
              fault ??= { error }
            },
          )
          .finally(() => {
            leave()
            own.delete(task)
          })
        own.add(task)
      }
      // A delivery that ended during the lease freed a place that the lease did not count.
      if (own.size === 0) {
        if (wasIdle) break
      } else if (leased.length === 0 || !ownPlaces.hasRoom()) await Promise.race([...own, roomy])
    }
    if (fault === undefined && stops === stopsBefore) {
      await discardAll(() => stops === stopsBefore).catch((error: unknown) => (fault ??= { error }))
    }
    // What the running worker has leased, or is about to lease, is also due now.
    await Promise.allSettled(leases)
    await Promise.allSettled(inFlight)
    if (fault !== undefined) throw fault.error
    return report
  }

  function schedule(afterMs: number): void {
    timers.clear(timer)
    timer = timers.set(Math.min(Math.max(afterMs, shortestPauseMs), longestPauseMs), run)
  }

  function pauseAfterFault(error: unknown): void {
    faults++
    if (started) schedule(1000 * 2 ** Math.min(faults, 5))
    if (faults === 1) say('error', { error: describeFault(error, []) }, 'the outbox cannot be reached')
  }

  // Deliveries are not awaited: while one is slow, others are leased, started and settled.
  function launch(leased: LeasedMessage): void {
    const leave = places.take(leased)
    begin(leased).then(
      (state) => {
        // A place is free again, or a message has a new due time.
        if (leave() || state === 'retry') run()
      },
      (error: unknown) => {
        leave()
        pauseAfterFault(error)
      },
    )
  }

  // In batches, to keep each statement short; leases continue in between.
  async function discardAll(goesOn: () => boolean): Promise<void> {
    while (goesOn() && (await outbox.discard(maxDiscarded)) > 0);
  }

  function discardAside(): void {
    if (discarding) return
    discarding = true
    const ended = discardAll(() => started)
      .catch(pauseAfterFault)
      .finally(() => (discarding = false))
    void track(passes, ended)
  }

  async function pass(): Promise<void> {
    while (started && places.hasRoom()) {
      wakeAgain = false
      const leased = await track(leases, outbox.lease(places.room(), leaseMs))
      leased.forEach(launch)
      if (leased.length === 0 && !wakeAgain) break
    }
    const dueInMs = started && places.hasRoom() ? await outbox.nextDueMs() : null
    faults = 0
    if (!started) return
    // A message that is due but was not leased has expired, is locked, or has no place.
    if (dueInMs === 0) discardAside()
    const isFull = dueInMs !== null && places.isShort()
    schedule(isFull ? Math.max(dueInMs, fullPauseMs) : (dueInMs ?? longestPauseMs))
  }

  function run(): void {
    if (!started) return
    wakeAgain = true
    if (passing) return
    passing = true
    const ended = pass()
      .catch(pauseAfterFault)
      .finally(() => {
        passing = false
        // Woken after the last look at the queue.
        if (wakeAgain && faults === 0 && places.hasRoom()) run()
      })
    void track(passes, ended)
  }

  async function quiet(): Promise<void> {
    const stop = await stopListening?.catch(() => undefined)
    await stop?.()
    while (inFlight.size + passes.size > 0) await Promise.allSettled([...inFlight, ...passes])
  }

  return {
    /** Starts to deliver continuously. */
    start(): void {
      if (started) return
      started = true
      stopListening = outbox.onQueued(run)
      stopListening.catch((error: unknown) => {
        const fields = { error: describeFault(error, []) }
        say('warn', fields, 'the outbox is polled, since nothing can be listened to')
      })
      run()
    },

    /** Call this after a message was queued. */
    wake: run,

    /**
     * Delivers the messages that are due now, and resolves when none is left.
     * @throws the error of the database, after the deliveries in flight
     */
    drain: (): Promise<DrainReport> => track(passes, drainDue()),

    /** Begins nothing more, and waits for the deliveries in flight, at most as long as a sender may take. */
    async stop(): Promise<void> {
      started = false
      stops++
      timers.clear(timer)
      await within(timeoutMs + settleGraceMs, 'Stopping', quiet()).catch((error: unknown) => {
        say('warn', { error: describeFault(error, []) }, 'the worker stopped with deliveries in flight')
      })
      places.clear()
    },
  }
}

/** The worker that `createWorker` returns. */
export type Worker = ReturnType<typeof createWorker>
