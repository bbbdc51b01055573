/** The record of whoever is signed in: profile, identities and password. */

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
    async handle(exchange) {
      const { user } = await exchange.requireScope()
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
    async handle(exchange, input) {
      const { user } = await exchange.requireScope()
      return {
        status: 200,
        body: { user: await exchange.accounts.updateUserProfile(user, input) },
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
    async handle(exchange) {
      const { user } = await exchange.requireScope()
      await exchange.accounts.deleteUser(user)
      exchange.forget()
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
    async handle(exchange) {
      const { user } = await exchange.requireScope()
      return {
        status: 200,
        body: { identities: await exchange.accounts.listUserIdentities(user) },
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
    async handle(exchange, input) {
      const { user, session } = await exchange.requireScope()
      const { engine } = exchange
      const guess = await engine.gate.currentPassword(exchange.charged, {
        userId: user.id,
        sessionId: session.id,
      })
      await guess.judge(() => exchange.accounts.changePassword(user, { ...input, session: session.id }))
      return { status: 204 }
    },
  }),
]
