/**
 * Places limit how many deliveries are in flight, separately for each channel (email, phone).
 *
 * Invariants: (1) one channel takes no place of another; (2) notices leave places free for secrets; (3) a
 * slow delivery gives its place back and continues outside, so that it delays no other; (4) every number is
 * bounded.
 */

import type { LeasedMessage, OutboxRoom } from '../core/index.js'

type Channel = LeasedMessage['to']['type']
type Room = Readonly<Record<Channel, OutboxRoom>>

/** The parts of places. */
export interface PlacesParts {
  readonly timers: { set(afterMs: number, task: () => void): unknown; clear(timer: unknown): void }
  /** Called when a full channel has room again although no delivery ended. */
  readonly onRoom: () => void
}

const most = 16
const maxNotices = 12
const maxAside = 48
const slowAfterMs = 2_000

function createChannel({ timers, onRoom }: PlacesParts) {
  let secrets = 0
  let notices = 0
  let aside = 0
  const waiting = new Set<unknown>()

  function room(): OutboxRoom {
    const free = most - secrets - notices
    return { secrets: free, notices: Math.max(0, Math.min(free, maxNotices - notices)) }
  }
  const isShort = (): boolean => room().notices === 0

  /**
   * Takes a place. The returned function gives it back, and returns whether the channel was short of places.
   */
  function take(isNotice: boolean): () => boolean {
    let isAside = false
    const leave = (): void => {
      if (isAside) aside--
      else if (isNotice) notices--
      else secrets--
    }
    if (isNotice) notices++
    else secrets++
    const timer = timers.set(slowAfterMs, () => {
      waiting.delete(timer)
      if (aside >= maxAside) return
      const wasShort = isShort()
      leave()
      isAside = true
      aside++
      if (wasShort) onRoom()
    })
    waiting.add(timer)
    return () => {
      timers.clear(timer)
      waiting.delete(timer)
      const wasShort = isShort()
      leave()
      return wasShort
    }
  }

  function clear(): void {
    for (const timer of waiting) timers.clear(timer)
    waiting.clear()
  }

  return { room, isShort, take, clear }
}

/** Creates the places of one worker or one drain. */
export function createPlaces(parts: PlacesParts) {
  const channels = { email: createChannel(parts), phone: createChannel(parts) }
  const all = Object.values(channels)

  return {
    room: (): Room => ({ email: channels.email.room(), phone: channels.phone.room() }),
    hasRoom: (): boolean => all.some(({ room }) => room().secrets > 0),
    /** Whether a due message may have to wait for another delivery to end. */
    isShort: (): boolean => all.some(({ isShort }) => isShort()),
    /** Clears the timers of deliveries that are still in flight. */
    clear(): void {
      for (const channel of all) channel.clear()
    },
    take: ({ to, expiresAt }: Pick<LeasedMessage, 'to' | 'expiresAt'>): (() => boolean) =>
      channels[to.type].take(expiresAt === null),
  }
}
