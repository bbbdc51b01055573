/**
 * Faults of Redis, told as `unavailable` or `internal`.
 *
 * Invariant: what is told holds no value of a command. The client hangs the arguments of a failed command on its error,
 * and the server quotes some in its words, so nothing of either is kept but the first word.
 */

import { AuthError } from '../base/index.js'

// A cluster that is choosing a master, a server that loads its data, is read-only, full, busy, or has too few replicas.
const passing = new Set(
  'CLUSTERDOWN LOADING MASTERDOWN READONLY NOREPLICAS MISCONF OOM BUSY TRYAGAIN MOVED ASK UNBLOCKED'.split(
    ' ',
  ),
)

/** The code word that a server's reply of an error begins with; null where the fault is not a reply. */
export function replyCodeOf(error: unknown): string | null {
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown }
  if (name !== 'ReplyError' || typeof message !== 'string') return null
  return /^[A-Z]+/.exec(message)?.[0] ?? 'ERR'
}

/** What is told where sessions can't be reached. `reason` is for the log. */
export function unreachable(reason: string): AuthError {
  return new AuthError('unavailable', { reason, retryAfterMs: 1000 })
}

/** The `AuthError` that a fault becomes. One that is an `AuthError` already passes through. */
export function toAuthError(error: unknown): AuthError {
  if (AuthError.is(error)) return error
  const code = replyCodeOf(error)
  // What is no reply never reached a server, or was cut off: the client says so in words of its own.
  if (code === null) return unreachable('redis_unreachable')
  if (passing.has(code)) return unreachable(`redis_${code.toLowerCase()}`)
  return new AuthError('internal', { reason: `redis_${code.toLowerCase()}` })
}
