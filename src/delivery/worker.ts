/**
 * The worker that delivers promised messages, at least once each and with the same id.
 *
 * Invariants: (1) no transaction is held while a sender works; (2) a sender that throws, hangs or is slow holds up
 * nobody else; (3) nothing that is recorded or logged holds a secret; (4) after `stop` no timer and no delivery is left.
 */

import type { Logger } from '../base/index.js'
import type { DeliveryOutcome, LeasedMessage, Message, Outbox, Secrets, Sender } from '../core/index.js'
import { describeFault } from './fault.js'

/** Timers, so that tests have their own. */
export interface Timers {
  set(afterMs: number, task: () => void): unknown
  clear(timer: unknown): void
}

/** What a worker works with. */
export interface WorkerOptions {
  readonly outbox: Outbox
  readonly secrets: Pick<Secrets, 'unseal'>
  readonly sender: Sender
  /** The absolute link that carries a token, for the events that have one. */
  readonly link: (event: Message['event'], token: string) => string | undefined
  readonly logger: Logger
  readonly maxAttempts: number
  /** Between 0 and 1; spreads retries. */
  readonly random: () => number
  readonly timers?: Timers | undefined
  /** How long a sender may take; 30 s by default. */
  readonly timeoutMs?: number | undefined
}

/** What one drain did. */
export interface DrainReport {
  readonly delivered: number
  readonly dropped: number
  readonly retried: number
  readonly failed: number
}

const batch = 16
const leaseMs = 60_000
const longestPauseMs = 30_000
const secretRetryMs = 5_000
const noticeRetryMs = 60_000
const spread = 0.2

/** Timers of the platform that keep no process alive. */
export const platformTimers: Timers = {
  set: (afterMs, task) => setTimeout(task, afterMs).unref(),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

/** A worker of one queue. `start` lets it run by itself; `drain` works with and without that. */
export function createWorker(options: WorkerOptions) {
  const { outbox, secrets, sender, link, logger, maxAttempts, random } = options
  const timers = options.timers ?? platformTimers
  const timeoutMs = options.timeoutMs ?? 30_000
  let running: Promise<unknown> | undefined
  let wakeAgain = false
  let timer: unknown
  let started = false
  let faults = 0
  let stopListening: Promise<() => Promise<void>> | undefined

  async function withinTime(work: Promise<void>): Promise<void> {
    let expiry: unknown
    const late = new Promise<never>((_, reject) => {
      expiry = timers.set(timeoutMs, () => reject(new Error(`The sender took longer than ${timeoutMs} ms.`)))
    })
    try {
      await Promise.race([work, late])
    } finally {
      timers.clear(expiry)
    }
  }

  function toMessage(leased: LeasedMessage, opened: { token: string; code: string } | null): Message {
    const { id, event, to, user, expiresAt } = leased
    const { id: userId, name, locale } = user as NonNullable<LeasedMessage['user']>
    const linked = opened !== null && to.type === 'email' ? link(event, opened.token) : undefined
    return {
      id,
      event,
      to,
      user: { id: userId, name },
      ...(linked !== undefined && opened !== null && { link: linked, token: opened.token }),
      ...(opened !== null && { code: opened.code }),
      ...(expiresAt !== null && { expiresAt }),
      ...(locale !== null && { locale }),
    }
  }

  function retryAfter({ attempts, expiresAt }: LeasedMessage): number {
    const first = expiresAt === null ? noticeRetryMs : secretRetryMs
    return Math.round(first * 2 ** (attempts - 1) * (1 - spread + 2 * spread * random()))
  }

  async function attempt(leased: LeasedMessage): Promise<DeliveryOutcome> {
    if (leased.user === null) return { state: 'dropped' }
    const opened = leased.sealed === null ? null : secrets.unseal(leased.id, leased.sealed)
    if (leased.sealed !== null && opened === null) {
      return { state: 'failed', error: 'sealed under a secret that is no longer configured' }
    }
    const message = toMessage(leased, opened)
    try {
      await withinTime(Promise.resolve(sender.deliver(message)))
      return { state: 'delivered' }
    } catch (fault) {
      const hidden = [message.link ?? '', opened?.token ?? '', opened?.code ?? '']
      const error = describeFault(fault, hidden)
      if (leased.attempts >= maxAttempts) return { state: 'failed', error }
      return { state: 'retry', afterMs: retryAfter(leased), error }
    }
  }

  async function deliver(leased: LeasedMessage): Promise<DeliveryOutcome['state']> {
    const outcome = await attempt(leased)
    if ('error' in outcome) {
      const { id, event, attempts } = leased
      logger.warn({ messageId: id, event, attempts, error: outcome.error }, `message ${outcome.state}`)
    }
    await outbox.settle(leased, outcome)
    return outcome.state
  }

  // Keeps a batch in flight: a slow row takes one place and leaves the others free.
  async function deliverDue(): Promise<DrainReport> {
    const report = { delivered: 0, dropped: 0, retried: 0, failed: 0 }
    const names = { delivered: 'delivered', dropped: 'dropped', retry: 'retried', failed: 'failed' } as const
    const inFlight = new Set<Promise<void>>()
    let fault: { readonly error: unknown } | undefined
    for (;;) {
      const leased = fault === undefined ? await outbox.lease(batch - inFlight.size, leaseMs) : []
      for (const message of leased) {
        const task: Promise<void> = deliver(message)
          .then(
            (state) => {
              report[names[state]]++
            },
            (error: unknown) => {
              fault ??= { error }
            },
          )
          .finally(() => inFlight.delete(task))
        inFlight.add(task)
      }
      if (inFlight.size === 0) break
      if (leased.length === 0 || inFlight.size >= batch) await Promise.race(inFlight)
    }
    if (fault !== undefined) throw fault.error
    return report
  }

  function schedule(afterMs: number): void {
    timers.clear(timer)
    timer = timers.set(Math.min(afterMs, longestPauseMs), run)
  }

  async function pass(): Promise<void> {
    try {
      do {
        wakeAgain = false
        await deliverDue()
      } while (wakeAgain && started)
      faults = 0
      if (started) schedule((await outbox.nextDueMs()) ?? longestPauseMs)
    } catch (error) {
      faults++
      if (faults === 1) logger.error({ error: describeFault(error, []) }, 'the outbox cannot be read')
      if (started) schedule(1000 * 2 ** Math.min(faults, 5))
    }
  }

  function run(): void {
    if (!started) return
    if (running !== undefined) {
      wakeAgain = true
      return
    }
    running = pass().finally(() => {
      running = undefined
      if (wakeAgain && started) run()
    })
  }

  return {
    /** Delivers what is due, and from now on what becomes due. */
    start(): void {
      if (started) return
      started = true
      stopListening = outbox.onQueued(run)
      stopListening.catch((error: unknown) => {
        logger.warn(
          { error: describeFault(error, []) },
          'the outbox is polled, since nothing can be listened to',
        )
      })
      run()
    },

    /** Says that something was queued. */
    wake: run,

    /** Delivers what is due now, and resolves when nothing due is left. */
    drain: deliverDue,

    /** Waits for what is in flight, and leaves nothing behind. */
    async stop(): Promise<void> {
      started = false
      timers.clear(timer)
      const stop = await stopListening?.catch(() => undefined)
      await stop?.()
      await running
    },
  }
}

/** A worker. */
export type Worker = ReturnType<typeof createWorker>
