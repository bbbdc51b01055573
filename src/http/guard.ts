/** Guards: who may go on, for routes of ours and of the host's. */

import { AuthError } from '../base/index.js'
import type { Session } from '../core/index.js'
import type { Engine } from './engine.js'
import type { Scope } from './exchange.js'

/** Whether a guard asks for more than a session. */
export interface GuardOptions {
  /** The longest time since this person signed in, in milliseconds. */
  readonly maxAgeMs?: number | undefined
}

/** Lets a session go on that began at most so long ago. @throws AuthError `assurance_required` */
export function requireFresh(
  { strategies, now }: Pick<Engine, 'strategies' | 'now'>,
  { authenticatedAt }: Session,
  maxAgeMs: number,
): void {
  if (now() - authenticatedAt.getTime() <= maxAgeMs) return
  const methods = strategies.map(({ id }) => id)
  throw new AuthError('assurance_required', { reason: 'session_not_fresh', methods })
}

/** The guard of routes of the host's. @throws AuthError `session_required`, `assurance_required` */
export function createGuard(
  engine: Pick<Engine, 'strategies' | 'now'>,
  scopeOf: (request: Request) => Promise<Scope | null>,
) {
  return async (request: Request, { maxAgeMs }: GuardOptions = {}): Promise<Scope> => {
    const scope = await scopeOf(request)
    if (scope === null) throw new AuthError('session_required')
    if (maxAgeMs !== undefined) requireFresh(engine, scope.session, maxAgeMs)
    return scope
  }
}
