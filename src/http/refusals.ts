/**
 * Has the audit know of requests that were refused: by a limit, for a forged origin or form, for want of a fresh sign-in.
 *
 * Invariants: (1) a node asks once a minute at most for each reason and subject, so that refusing costs no statement;
 * (2) what it remembers is bounded; (3) a fault here is none of the request.
 */

import type { AuthError, Logger } from '../base/index.js'
import type { Refusals } from '../core/index.js'
import type { RequestContext } from './request-context.js'

/** What records refusals. */
export interface RefusalParts {
  readonly refusals: Refusals
  readonly logger: Logger
  readonly now: () => number
}

type Asking = Pick<RequestContext, 'actor' | 'client'>

const recorded: ReadonlySet<string> = new Set(['rate_limited', 'forbidden_origin', 'assurance_required'])
const pauseMs = 60_000
const maxRemembered = 10_000

// A network that one customer may have whole counts as one.
function subjectOf({ actor, client }: Asking): string {
  return actor.type === 'user' && actor.id !== undefined
    ? actor.id
    : (client.wider.at(-1)?.network ?? client.network)
}

/** Records a refusal where it is one that an operator has to hear of. Never throws. */
export function createRefusalRecord({ refusals, logger, now }: RefusalParts) {
  const told = new Map<string, number>()

  return async ({ code, reason }: AuthError, asking: Asking): Promise<void> => {
    if (!recorded.has(code)) return
    const subject = subjectOf(asking)
    const key = `${reason} ${subject}`
    if (now() - (told.get(key) ?? -Infinity) < pauseMs) return
    if (told.size >= maxRemembered) told.clear()
    told.set(key, now())
    try {
      await refusals.record({ reason, subject }, asking.actor)
    } catch (error) {
      logger.warn({ reason, error: (error as Error).message }, 'a refused request could not be recorded')
    }
  }
}
