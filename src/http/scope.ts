/** Whose request it is: the user and the session. The one look-up of it, for a route of ours and for a host's. */

import type { Session, User } from '../core/index.js'
import type { Engine } from './engine.js'

/** The user and the session of a request. */
export interface Scope {
  readonly user: User
  readonly session: Session
}

/** Whether a session is due to be extended, as far as this node can tell; the statement judges it. */
function isTouchDue(engine: Engine, { seenAt }: Session): boolean {
  return engine.now() - seenAt.getTime() >= engine.settings.session.renewEveryMs
}

/** The scope of a token, extended where that is due; null where the token names no live session. */
export async function findScope(engine: Engine, token: string | null): Promise<Scope | null> {
  const { accounts } = engine
  const found = token === null ? null : await accounts.getSession(token)
  if (found === null || !isTouchDue(engine, found.session)) return found
  const touched = await accounts.touchSession(found.session)
  return touched === null ? found : { user: found.user, session: touched }
}
