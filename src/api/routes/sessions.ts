/** Sessions: the current user, signing out, and the user's other sessions. */

import { AuthError } from '../../base/index.js'
import { scopeSchema, sessionsQuery, sessionsSchema } from '../../contract/index.js'
import type { RouteDefinition } from '../../http/index.js'
import { defineRoute } from '../../http/index.js'

/** The routes of sessions. */
export const sessionRoutes: readonly RouteDefinition[] = [
  defineRoute({
    id: 'session.get',
    method: 'GET',
    path: '/session',
    access: 'session',
    summary: 'Who is signed in',
    answers: { 200: { description: 'The user and the session.', schema: scopeSchema } },
    handle: async (context) => ({ status: 200, body: await context.requireScope() }),
  }),

  defineRoute({
    id: 'session.delete',
    method: 'DELETE',
    path: '/session',
    access: 'public',
    summary: 'Sign out',
    answers: { 204: { description: 'Nobody is signed in any longer.' } },
    async handle(context) {
      await context.leave()
      return { status: 204 }
    },
  }),

  defineRoute({
    id: 'sessions.list',
    method: 'GET',
    path: '/sessions',
    access: 'session',
    summary: 'The live sessions of this user, the latest first; all of them, or a page',
    input: sessionsQuery,
    answers: { 200: { description: 'The sessions.', schema: sessionsSchema } },
    async handle(context, { after, limit }) {
      const { user, session } = await context.requireScope()
      const most = limit === undefined ? undefined : Number(limit)
      const sessions = await context.accounts.listUserSessions(user, {
        after: after === undefined ? undefined : { id: after },
        limit: most,
      })
      const last = sessions.length === most ? sessions.at(-1)?.id : undefined
      return {
        status: 200,
        body: {
          sessions: sessions.map((each) => ({ ...each, current: each.id === session.id })),
          ...(last === undefined ? {} : { next: last }),
        },
      }
    },
  }),

  defineRoute({
    id: 'sessions.delete',
    method: 'DELETE',
    path: '/sessions/:id',
    // A stolen session that is not fresh can't end other sessions, one by one or all at once (ASVS 5 7.5.2).
    access: 'fresh',
    summary: 'End one session of this user',
    answers: { 204: { description: 'It is over.' } },
    async handle(context) {
      const { user, session } = await context.requireScope()
      const [ended] = await context.accounts.revokeUserSession(user, context.param('id'))
      if (ended === undefined) throw new AuthError('not_found', { reason: 'session_of_nobody_or_another' })
      if (ended === session.id) context.forget()
      return { status: 204 }
    },
  }),

  defineRoute({
    id: 'sessions.delete-others',
    method: 'DELETE',
    path: '/sessions',
    access: 'fresh',
    summary: 'End every session of this user but this one',
    answers: { 204: { description: 'They are over.' } },
    async handle(context) {
      const { user, session } = await context.requireScope()
      await context.accounts.revokeUserSessions(user, { except: session.id })
      return { status: 204 }
    },
  }),
]
