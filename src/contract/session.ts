/** Sessions on the wire, and who asks. */

import * as z from 'zod'
import { moment, text } from './text.js'
import { userSchema } from './user.js'

/** An authenticated period. Its token never stands in a body. */
export const sessionSchema = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  authenticatedAt: moment,
  seenAt: moment,
  idleExpiresAt: moment,
  expiresAt: moment,
  methods: z.array(z.string()),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  createdAt: moment,
})

/** A session in a list; `current` says that it is the one that asks. */
export const listedSessionSchema = sessionSchema.extend({ current: z.boolean() })

/** Which part of the list: `after` is the last session of the page before, `limit` how many, up to 1000. */
export const sessionsQuery = z.object({
  after: text(36).exactOptional(),
  limit: text(4).regex(/^\d+$/, 'format').exactOptional(),
})

/** The sessions of whoever asks; `next` is what to ask `after` for more, where a page was asked for and is full. */
export const sessionsSchema = z.object({
  sessions: z.array(listedSessionSchema),
  next: z.uuid().exactOptional(),
})

/** Who asks. */
export const scopeSchema = z.object({ user: userSchema, session: sessionSchema })

/** The answer of a sign-in. `token` is there for native clients alone, where bearer tokens are switched on. */
export const signedInSchema = z.object({ user: userSchema, token: z.string().exactOptional() })
