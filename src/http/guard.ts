/** Guards: who may go on, for routes of ours and of the host's. */

import { AuthError } from '../base/index.js'
import type { Session } from '../core/index.js'
import type { Engine } from './engine.js'
import type { Scope } from './scope.js'

/** Whether a guard asks for more than a session. */
export interface GuardOptions {
  /** The longest time since this person signed in, in milliseconds. */
  readonly maxAgeMs?: number | undefined
}

/** How long a sign-in is fresh, where nothing else is said. */
const freshForMs = 10 * 60_000

/** Whether the person proved who they are at most so long ago; ten minutes by default. */
export function isFresh(
  { now }: Pick<Engine, 'now'>,
  { authenticatedAt }: Session,
  maxAgeMs: number = freshForMs,
): boolean {
  return now() - authenticatedAt.getTime() <= maxAgeMs
}

/** Lets a session go on that began at most so long ago. @throws AuthError `assurance_required` */
export function requireFresh(
  engine: Pick<Engine, 'strategies' | 'now'>,
  session: Session,
  maxAgeMs?: number,
): void {
  if (isFresh(engine, session, maxAgeMs)) return
  const methods = engine.strategies.map(({ id }) => id)
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
