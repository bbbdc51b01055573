/**
 * Turns faults of Redis into `unavailable` or `internal`.
 *
 * Invariant: the error contains no value of a command. The client attaches the arguments of a failed command
 * to its error, and the server's message quotes some, so only the first word is kept.
 */

import { AuthError } from '../base/index.js'

// A cluster that is electing a master; a server that loads its data, is read-only, full, busy, or has too few
// replicas.
const passing = new Set(
  'CLUSTERDOWN LOADING MASTERDOWN READONLY NOREPLICAS MISCONF OOM BUSY TRYAGAIN MOVED ASK UNBLOCKED'.split(
    ' ',
  ),
)

/** The code word at the start of a server's error reply; null when the fault is not a reply. */
export function replyCodeOf(error: unknown): string | null {
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown }
  if (name !== 'ReplyError' || typeof message !== 'string') return null
  return /^[A-Z]+/.exec(message)?.[0] ?? 'ERR'
}

/** The error when sessions can't be reached. `reason` is for the log. */
export function unreachable(reason: `redis_${string}`): AuthError {
  return new AuthError('unavailable', { reason, retryAfterMs: 1000 })
}

/** The `AuthError` for a fault. An `AuthError` is returned unchanged. */
export function toAuthError(error: unknown): AuthError {
  if (AuthError.is(error)) return error
  const code = replyCodeOf(error)
  // An error that is not a reply never reached a server, or was cut off: the client describes it in its own
  // words.
  if (code === null) return unreachable('redis_unreachable')
  if (passing.has(code)) return unreachable(`redis_${code.toLowerCase()}`)
  return new AuthError('internal', { reason: `redis_${code.toLowerCase()}` })
}
