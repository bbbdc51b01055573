/**
 * Whether a node hears what the others say: it sends itself signs of life through the channel, and trusts what it holds
 * for as long as one came back.
 *
 * Invariants: (1) a channel delivers in order, so a sign that came back says that every word sent before it was heard:
 * what is held is then right as of the moment at which the sign was sent, and trusted for `maxLagMs` after that moment;
 * (2) a sign that was sent before the last gap says nothing; (3) when a sign was sent is remembered here and never read
 * from the channel, and each counts once: nothing that a stranger sends extends trust.
 */

import type { RevocationChannel, Signal } from '../core/index.js'
import { nodeSignal } from '../core/index.js'

/** What trust is judged with. */
export interface ChannelHealthParts {
  readonly channel: Pick<RevocationChannel, 'publish' | 'renew'>
  /** Names this node; a random UUID. */
  readonly nodeId: string
  /** Names one sign: random digits, 32 at most, that nobody guesses. */
  readonly newNonce: () => string
  readonly maxLagMs: number
  /** Milliseconds of a monotonic clock. */
  readonly clock: () => number
  /** Repeats a task without keeping the process alive. Returns how to stop. */
  readonly every: (ms: number, task: () => void) => () => void
  /** Told of each change, and of why a sign could not be sent. */
  readonly onChange: (trusted: boolean, fault?: unknown) => void
}

const signsPerLag = 4
/** Signs that are remembered at most; an older one would be too old to extend anything. */
const maxSent = 2 * signsPerLag
/** How long nothing may come back, while signs can be sent, until another connection is listened on. */
const lagsUntilRenewal = 2

/** The trust of one node in its channel; none until the first sign came back. */
export function createChannelHealth(parts: ChannelHealthParts) {
  const { channel, nodeId, newNonce, maxLagMs, clock, every, onChange } = parts
  // Signs that are under way, and when they were sent; the oldest first.
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
    // One that hangs is waited for, but not for ever.
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

    /** Takes in a sign of life, of whatever node. Returns false for one of this node's that it never sent. */
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

    /** Words may have been missed until now. */
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
