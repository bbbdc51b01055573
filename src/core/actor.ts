/**
 * Who did something, and through what. An actor gives no right: it is recorded beside what was done, and never judged.
 */

import { isId, isIp } from '../base/index.js'
import { toShownUserAgent } from './requester.js'

/** The kinds of actors. */
export const actorTypes = ['user', 'stranger', 'service', 'host', 'system'] as const

/**
 * Who does something: a signed-in `user`, a `stranger` who is nobody yet, a `service` with a key, the `host` itself, or
 * the `system`, which is the engine's own work at regular times.
 */
export interface Actor {
  readonly type: (typeof actorTypes)[number]
  /** The id of the user or the service. */
  readonly id?: string | undefined
  /** The id of the session or the key that it is done through. */
  readonly via?: string | undefined
  /** The id of the user who acts in the place of `id`. */
  readonly impersonator?: string | undefined
  readonly ip?: string | undefined
  readonly userAgent?: string | undefined
  /** The id of the request, a UUID. */
  readonly requestId?: string | undefined
}

/** The host's own authority: who does what nobody else is named for. */
export const host: Actor = { type: 'host' }

const idFields = ['id', 'via', 'impersonator', 'requestId'] as const

function refuse(field: string, needs: string): never {
  throw new TypeError(`accounts.by(actor): ${field} must be ${needs}.`)
}

/** The actor that was given, judged. @throws TypeError where a part is malformed */
export function readActor(given: unknown): Actor {
  if (typeof given !== 'object' || given === null) refuse('actor', 'an object')
  const actor = given as Record<string, unknown>
  const { type, ip, userAgent } = actor
  if (!actorTypes.includes(type as Actor['type'])) refuse('type', `one of ${actorTypes.join(', ')}`)
  for (const field of idFields) {
    const id = actor[field]
    if (id !== undefined && !(typeof id === 'string' && isId(id))) refuse(field, 'a UUID')
  }
  if (ip !== undefined && !(typeof ip === 'string' && isIp(ip))) refuse('ip', 'an IP address')
  if (userAgent !== undefined && typeof userAgent !== 'string') refuse('userAgent', 'a string')
  return { ...(given as Actor), userAgent: toShownUserAgent(userAgent ?? '') ?? undefined }
}
