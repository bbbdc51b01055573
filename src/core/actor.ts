/**
 * Who did something, and with which session or key. An actor is only recorded in the audit log; it grants no
 * permission and no decision depends on it.
 */

import { isId, isIp } from '../base/index.js'
import { toShownUserAgent } from './requester.js'

/** The kinds of actors. */
export const actorTypes = ['user', 'stranger', 'service', 'host', 'system'] as const

/**
 * The actor of an operation: a signed-in `user`, a `stranger` who is not signed in, a `service` with a key,
 * the `host` application, or the `system`, which is this library's own scheduled work.
 */
export interface Actor {
  readonly type: (typeof actorTypes)[number]
  /** The id of the user or the service. */
  readonly id?: string | undefined
  /** The id of the session or key that the actor used. */
  readonly via?: string | undefined
  /** The id of the user who acts on behalf of `id`. */
  readonly impersonator?: string | undefined
  readonly ip?: string | undefined
  readonly userAgent?: string | undefined
  /** The id of the request, a UUID. */
  readonly requestId?: string | undefined
}

/** The host application: the default actor. */
export const host: Actor = { type: 'host' }

const idFields = ['id', 'via', 'impersonator', 'requestId'] as const

function refuse(field: string, needs: string): never {
  throw new TypeError(`accounts.by(actor): ${field} must be ${needs}.`)
}

/** Validates the given actor. @throws TypeError when a part is malformed */
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
