/** A session: the interface that everybody sees, and its description. */

import type { FieldsOf } from './field.js'

/** The id of a session: a random UUID. It is not a secret and gives no access. */
export type SessionId = string

/** A signed-in session. Only its holder knows the token. */
export interface Session {
  readonly id: SessionId
  readonly userId: string
  /** When the user last proved who they are. */
  readonly authenticatedAt: Date
  /** When activity last extended the session; at most once per `session.renewEvery`. */
  readonly seenAt: Date
  readonly idleExpiresAt: Date
  readonly expiresAt: Date
  /** How the user signed in, such as `['password']` (like `amr` of RFC 8176, with our own values). */
  readonly methods: readonly string[]
  readonly ip: string | null
  readonly userAgent: string | null
  readonly createdAt: Date
}

/** The fields of a session. */
export const sessionFields = {
  id: { kind: 'id' },
  userId: { kind: 'id', redis: 'user' },
  authenticatedAt: { kind: 'time', redis: 'authenticated' },
  seenAt: { kind: 'time', redis: 'seen' },
  idleExpiresAt: { kind: 'time', redis: 'idle' },
  expiresAt: { kind: 'time', redis: 'ends' },
  methods: { kind: 'words', redis: 'methods' },
  ip: { kind: 'ip', nullable: true, redis: 'ip' },
  userAgent: { kind: 'text', nullable: true, redis: 'agent' },
  createdAt: { kind: 'time', redis: 'created' },
} as const satisfies FieldsOf<Session>
