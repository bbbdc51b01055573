/**
 * Places for deliveries: how many may be under way, for each kind of address by itself.
 *
 * Invariants: (1) what one channel does takes no place of another; (2) notices leave places free for secrets; (3) a
 * delivery that is slow moves aside and gives its place back, so that it holds up nobody; (4) all of it is bounded.
 */

import type { LeasedMessage, OutboxRoom } from '../core/index.js'

type Channel = LeasedMessage['to']['type']
type Room = Readonly<Record<Channel, OutboxRoom>>

/** What places are made with. */
export interface PlacesParts {
  readonly timers: { set(afterMs: number, task: () => void): unknown; clear(timer: unknown): void }
  /** Told when a channel that was full has room again without a delivery that ended. */
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

  /** Takes a place. What it returns gives it back, and says whether the channel was short of places. */
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

/** Places of one worker, or of one drain. */
export function createPlaces(parts: PlacesParts) {
  const channels = { email: createChannel(parts), phone: createChannel(parts) }
  const all = Object.values(channels)

  return {
    room: (): Room => ({ email: channels.email.room(), phone: channels.phone.room() }),
    hasRoom: (): boolean => all.some(({ room }) => room().secrets > 0),
    /** Whether something that is due may have to wait for a delivery to end. */
    isShort: (): boolean => all.some(({ isShort }) => isShort()),
    /** Leaves no timer for what is still under way. */
    clear(): void {
      for (const channel of all) channel.clear()
    },
    take: ({ to, expiresAt }: Pick<LeasedMessage, 'to' | 'expiresAt'>): (() => boolean) =>
      channels[to.type].take(expiresAt === null),
  }
}
