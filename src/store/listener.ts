/**
 * LISTEN on a dedicated connection, which is opened with the first channel and reopened when it breaks.
 *
 * Invariants: (1) after every gap each channel gets one null, since notifications may have been missed,
 * before any notification that follows the gap; (2) a broken connection is retried with growing pauses,
 * without keeping the process alive; (3) a connection that answers no heartbeat is treated as broken, even if
 * the network keeps it open; (4) after `close` no connection or timer is left.
 */

import { withTimeLimit } from '../base/index.js'

/** The methods of a `pg` client that we call. */
export interface ClientLike {
  connect(): Promise<unknown>
  query(text: string): Promise<unknown>
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown
  on(
    event: 'notification',
    listener: (message: { channel: string; payload?: string | undefined }) => void,
  ): unknown
  end(): Promise<void>
  /** Closes a connection that no longer answers. */
  readonly connection?: { readonly stream?: { destroy(): unknown } }
}

/** Called with a payload, or with null for a gap. */
type Callback = (payload: string | null) => void

const firstPauseMs = 250
const longestPauseMs = 30_000
// An outage that loses notifications for longer than this also loses a heartbeat.
const signEveryMs = 2_000
const farewellLimitMs = 1_000

/** Listens through clients that `connect` creates; null means that there is nothing to listen on. */
export function createListener(connect: (() => ClientLike) | null, onError: (error: Error) => void) {
  const channels = new Map<string, Set<Callback>>()
  let client: ClientLike | undefined
  let closed = false
  let pauseMs = firstPauseMs
  let timer: NodeJS.Timeout | undefined
  let opening: Promise<void> | undefined
  let signs: NodeJS.Timeout | undefined

  function tell(channel: string, payload: string | null): void {
    for (const callback of channels.get(channel) ?? []) callback(payload)
  }

  function lose(lost: ClientLike, error?: Error): void {
    if (client !== lost) return
    client = undefined
    clearInterval(signs)
    if (closed) return
    if (error !== undefined) onError(error)
    timer = setTimeout(open, pauseMs)
    timer.unref()
    pauseMs = Math.min(pauseMs * 2, longestPauseMs)
  }

  function cut(silent: ClientLike): void {
    silent.connection?.stream?.destroy()
  }

  // The client itself times out if no answer comes.
  function watch(watched: ClientLike): void {
    let asked = false
    signs = setInterval(() => {
      if (asked) return
      asked = true
      watched
        .query('select 1')
        .catch((error: unknown) => {
          lose(watched, error as Error)
          cut(watched)
        })
        .finally(() => (asked = false))
    }, signEveryMs).unref()
  }

  function open(): void {
    opening = openOnce().finally(() => (opening = undefined))
  }

  async function openOnce(): Promise<void> {
    if (closed || connect === null) return
    const fresh = connect()
    client = fresh
    fresh.on('error', (error) => lose(fresh, error))
    fresh.on('end', () => lose(fresh))
    // A notification that arrives before all channels are listened to belongs to the gap.
    let complete = false
    fresh.on('notification', ({ channel, payload }) => {
      if (complete) tell(channel, payload ?? '')
    })
    try {
      await fresh.connect()
      for (const channel of channels.keys()) await fresh.query(`listen "${channel}"`)
    } catch (error) {
      lose(fresh, error as Error)
      cut(fresh)
      void fresh.end().catch(() => undefined)
      return
    }
    pauseMs = firstPauseMs
    complete = true
    if (client === fresh && !closed) watch(fresh)
    for (const channel of channels.keys()) tell(channel, null)
  }

  return {
    async listen(channel: string, callback: Callback): Promise<() => Promise<void>> {
      const known = channels.get(channel)
      if (known === undefined) channels.set(channel, new Set([callback]))
      else known.add(callback)
      if (client === undefined && opening === undefined) open()
      else if (known === undefined) await client?.query(`listen "${channel}"`).catch(() => undefined)
      return async () => {
        const callbacks = channels.get(channel)
        callbacks?.delete(callback)
        if (callbacks?.size !== 0) return
        channels.delete(channel)
        if (opening === undefined) await client?.query(`unlisten "${channel}"`).catch(() => undefined)
      }
    },

    /** Closes the connection and opens another one, after a pause. */
    reopen(): void {
      const silent = client
      if (silent === undefined || opening !== undefined) return
      lose(silent)
      cut(silent)
    },

    async close(): Promise<void> {
      closed = true
      clearTimeout(timer)
      await opening
      clearInterval(signs)
      const last = client
      client = undefined
      if (last === undefined) return
      const ended = last.end().catch(() => undefined)
      if ((await withTimeLimit(ended, farewellLimitMs, 'late')) === 'late') cut(last)
    },
  }
}
