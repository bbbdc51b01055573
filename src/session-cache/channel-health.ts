/**
 * Whether a node receives the other nodes' signals: it sends heartbeats to itself through the channel, and
 * trusts its cache for a limited time after one comes back.
 *
 * Invariants: (1) a channel delivers in order, so a heartbeat that came back proves that every signal sent
 * before it was received: cache entries are then correct as of the time when the heartbeat was sent, and
 * trusted for `maxLagMs` after that time;
 * (2) a heartbeat that was sent before the last gap proves nothing; (3) the time when a heartbeat was sent is
 * remembered here and never read from the channel, and each counts once: nothing that a stranger sends
 * extends trust.
 */

import type { RevocationChannel, Signal } from '../core/index.js'
import { nodeSignal } from '../core/index.js'

/** The settings and dependencies. */
export interface ChannelHealthParts {
  readonly channel: Pick<RevocationChannel, 'publish' | 'renew'>
  /** Identifies this node; a random UUID. */
  readonly nodeId: string
  /** Identifies one heartbeat: up to 32 random digits that nobody can guess. */
  readonly newNonce: () => string
  readonly maxLagMs: number
  /** Milliseconds of a monotonic clock. */
  readonly clock: () => number
  /** Repeats a task without keeping the process alive. Returns a function that stops it. */
  readonly every: (ms: number, task: () => void) => () => void
  /** Called on each change, with the reason if a heartbeat could not be sent. */
  readonly onChange: (trusted: boolean, fault?: unknown) => void
}

const signsPerLag = 4
/** How many heartbeats are remembered; an older one would be too old to extend trust. */
const maxSent = 2 * signsPerLag
/** How long no heartbeat may come back, while they can be sent, before the listener reconnects. */
const lagsUntilRenewal = 2

/** The trust of one node in its channel; none until the first heartbeat came back. */
export function createChannelHealth(parts: ChannelHealthParts) {
  const { channel, nodeId, newNonce, maxLagMs, clock, every, onChange } = parts
  // Heartbeats that are in flight, and when they were sent; the oldest first.
  const sent = new Map<string, number>()
  let trustedUntilMs = -Infinity
  let gapAtMs = -Infinity
  let heardAtMs = -Infinity
  let sendingSinceMs: number | null = null
  let told = false
  let fault: unknown
  let stop: (() => void) | undefined

  const trusted = (nowMs: number): boolean => nowMs < trustedUntilMs

  function tell(): void {
    const now = trusted(clock())
    if (now === told) return
    told = now
    onChange(now, now ? undefined : fault)
  }

  async function send(sentAtMs: number): Promise<void> {
    sendingSinceMs = sentAtMs
    const nonce = newNonce()
    sent.set(nonce, sentAtMs)
    for (const oldest of sent.keys()) if (sent.size > maxSent) sent.delete(oldest)
    try {
      await channel.publish(nodeSignal(nodeId, nonce))
      fault = undefined
    } catch (error) {
      fault = error
    }
    if (sendingSinceMs === sentAtMs) sendingSinceMs = null
  }

  function beat(): void {
    tell()
    const nowMs = clock()
    // Wait for one that hangs, but not forever.
    if (sendingSinceMs === null || nowMs - sendingSinceMs > maxLagMs) void send(nowMs)
    if (fault === undefined && nowMs - heardAtMs > lagsUntilRenewal * maxLagMs) {
      heardAtMs = nowMs
      channel.renew?.()
    }
  }

  return {
    trusted,

    start(): void {
      heardAtMs = clock()
      stop ??= every(maxLagMs / signsPerLag, beat)
      beat()
    },

    /** Handles a heartbeat of any node. Returns false for one with this node's id that it never sent. */
    hear({ id, nonce }: Signal & { readonly about: 'node' }): boolean {
      if (id !== nodeId) return true
      const sentAtMs = sent.get(nonce)
      if (sentAtMs === undefined) return false
      sent.delete(nonce)
      if (sentAtMs < gapAtMs) return true
      heardAtMs = clock()
      trustedUntilMs = Math.max(trustedUntilMs, sentAtMs + maxLagMs)
      tell()
      return true
    },

    /** Signals may have been missed until now. */
    lose(): void {
      gapAtMs = clock()
      trustedUntilMs = -Infinity
      tell()
      beat()
    },

    stop(): void {
      stop?.()
    },
  }
}
