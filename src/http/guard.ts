/** Guards for Latchkey's routes and for the host's. */

import { AuthError } from '../base/index.js'
import type { Session } from '../core/index.js'
import type { Engine } from './engine.js'
import type { Scope } from './scope.js'

/** Requirements beyond a session. */
export interface GuardOptions {
  /** The maximum time since the sign-in, in milliseconds. */
  readonly maxAgeMs?: number | undefined
}

/** How long a sign-in is fresh by default. */
const freshForMs = 10 * 60_000

/** Whether the person signed in within the given time. @default ten minutes */
export function isFresh(
  { now }: Pick<Engine, 'now'>,
  { authenticatedAt }: Session,
  maxAgeMs: number = freshForMs,
): boolean {
  return now() - authenticatedAt.getTime() <= maxAgeMs
}

/** Requires a session whose sign-in is recent enough. @throws AuthError `assurance_required` */
export function requireFresh(
  engine: Pick<Engine, 'strategies' | 'now'>,
  session: Session,
  maxAgeMs?: number,
): void {
  if (isFresh(engine, session, maxAgeMs)) return
  const methods = engine.strategies.map(({ id }) => id)
  throw new AuthError('assurance_required', { reason: 'session_not_fresh', methods })
}

/** Creates the guard for the host's routes. @throws AuthError `session_required`, `assurance_required` */
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
