/**
 * Records refused requests in the audit log: by a limit, for a forged origin or form, or because a fresh
 * sign-in is required.
 *
 * Invariants: (1) a node writes at most once a minute for each reason and subject, so that refusing is cheap;
 * (2) its memory is bounded; (3) a fault here never fails the request.
 */

import type { AuthError, ErrorCode, Logger, RecordedCode, RefusalReason } from '../base/index.js'
import type { Refusals } from '../core/index.js'
import type { RequestContext } from './request-context.js'

/** The parts of the refusal record. */
export interface RefusalParts {
  readonly refusals: Refusals
  readonly logger: Logger
  readonly now: () => number
}

type Asking = Pick<RequestContext, 'actor' | 'client'>

const recorded: readonly ErrorCode[] = [
  'rate_limited',
  'forbidden_origin',
  'assurance_required',
] satisfies RecordedCode[]
const pauseMs = 60_000
const maxRemembered = 10_000

// A network that one customer may own as a whole counts as one subject.
function subjectOf({ actor, client }: Asking): string {
  return actor.type === 'user' && actor.id !== undefined
    ? actor.id
    : (client.wider.at(-1)?.network ?? client.network)
}

// The constructor of the error allows no other reason with these codes.
function isRecorded(error: AuthError): error is AuthError & { readonly reason: RefusalReason } {
  return recorded.includes(error.code)
}

/** Records a refusal if an operator needs to know about it. Never throws. */
export function createRefusalRecord({ refusals, logger, now }: RefusalParts) {
  const told = new Map<string, number>()

  return async (error: AuthError, asking: Asking): Promise<void> => {
    if (!isRecorded(error)) return
    const { reason } = error
    const subject = subjectOf(asking)
    const key = `${reason} ${subject}`
    if (now() - (told.get(key) ?? -Infinity) < pauseMs) return
    if (told.size >= maxRemembered) told.clear()
    told.set(key, now())
    try {
      await refusals.record({ reason, subject }, asking.actor)
    } catch (fault) {
      logger.warn({ reason, error: (fault as Error).message }, 'a refused request could not be recorded')
    }
  }
}
