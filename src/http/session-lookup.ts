/** The only lookup of a request's session, for Latchkey's routes and for a host's; it extends a session that is due. */

import type { Session } from '../core/index.js'
import type { Engine } from './engine.js'
import type { Scope } from './scope.js'

/** Whether a session probably needs to be extended. The database statement decides. */
function isTouchDue(engine: Engine, { seenAt }: Session): boolean {
  return engine.now() - seenAt.getTime() >= engine.settings.session.renewEveryMs
}

/** The scope of a token, extended if that is due; null if the token belongs to no live session. */
export async function findScope(engine: Engine, token: string | null): Promise<Scope | null> {
  const { accounts } = engine
  const found = token === null ? null : await accounts.getSession(token)
  if (found === null || !isTouchDue(engine, found.session)) return found
  const touched = await accounts.touchSession(found.session)
  return touched === null ? found : { user: found.user, session: touched }
}
