/** The signed-in user: profile, identities and password. */

import {
  identitiesSchema,
  passwordChangeInput,
  profileInput,
  userAnswerSchema,
} from '../../contract/index.js'
import type { RouteDefinition } from '../../http/index.js'
import { defineRoute } from '../../http/index.js'

const userAnswer = { 200: { description: 'The user.', schema: userAnswerSchema } }

/** The routes of the user. */
export const userRoutes: readonly RouteDefinition[] = [
  defineRoute({
    id: 'user.get',
    method: 'GET',
    path: '/user',
    access: 'session',
    summary: 'The profile',
    answers: userAnswer,
    async handle(context) {
      const { user } = await context.requireScope()
      return { status: 200, body: { user } }
    },
  }),

  defineRoute({
    id: 'user.update',
    method: 'PATCH',
    path: '/user',
    access: 'fresh',
    summary: 'Change the profile: an absent key is left, null clears, metadata is merged key by key',
    input: profileInput,
    answers: userAnswer,
    async handle(context, input) {
      const { user } = await context.requireScope()
      return {
        status: 200,
        body: { user: await context.accounts.updateUserProfile(user, input) },
      }
    },
  }),

  defineRoute({
    id: 'user.delete',
    method: 'DELETE',
    path: '/user',
    access: 'fresh',
    summary: 'Delete the user and everything of theirs',
    answers: { 204: { description: 'The user is gone.' } },
    async handle(context) {
      const { user } = await context.requireScope()
      await context.accounts.deleteUser(user)
      context.forget()
      return { status: 204 }
    },
  }),

  defineRoute({
    id: 'identities.list',
    method: 'GET',
    path: '/identities',
    access: 'session',
    summary: 'The addresses and other identities of this user, the oldest first',
    answers: { 200: { description: 'The identities.', schema: identitiesSchema } },
    async handle(context) {
      const { user } = await context.requireScope()
      return {
        status: 200,
        body: { identities: await context.accounts.listUserIdentities(user) },
      }
    },
  }),

  defineRoute({
    id: 'password.change',
    method: 'PUT',
    path: '/password',
    access: 'session',
    summary: 'Change the password; ends every other session',
    input: passwordChangeInput,
    answers: { 204: { description: 'The password is changed.' } },
    async handle(context, input) {
      const { user, session } = await context.requireScope()
      const { engine } = context
      const attempt = await engine.limiter.currentPassword(context.limited, {
        userId: user.id,
        sessionId: session.id,
      })
      await attempt.judge(() => context.accounts.changePassword(user, { ...input, session: session.id }))
      return { status: 204 }
    },
  }),
]
