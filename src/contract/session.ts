/** Sessions and scopes in the HTTP API. */

import * as z from 'zod'
import { sessionFields } from '../base/index.js'
import { shapeOf } from './records.js'
import { text } from './text.js'
import { userSchema } from './user.js'

/** A signed-in session. Its token is never in a body. */
export const sessionSchema = z.object(shapeOf(sessionFields))

/** A session in a list; `current` marks the session of the request. */
export const listedSessionSchema = sessionSchema.extend({ current: z.boolean() })

/** Which page of the list: `after` is the last session of the previous page, `limit` its size, up to 1000. */
export const sessionsQuery = z.object({
  after: text(36).exactOptional(),
  limit: text(4).regex(/^\d+$/, 'format').exactOptional(),
})

/** The user's sessions. If a full page was requested, `next` is the value of `after` for the next page. */
export const sessionsSchema = z.object({
  sessions: z.array(listedSessionSchema),
  next: z.uuid().exactOptional(),
})

/** The signed-in user and session. */
export const scopeSchema = z.object({ user: userSchema, session: sessionSchema })

/** The response of a sign-in. `token` is only for native clients, if bearer tokens are enabled. */
export const signedInSchema = z.object({ user: userSchema, token: z.string().exactOptional() })
