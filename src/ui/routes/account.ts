/**
 * The forms of the account page. JSON clients use PATCH, PUT and DELETE for the same, which a form can't send.
 *
 * Invariants: (1) every form ends in a redirect, so that a reload does nothing twice; (2) a session is ended by its
 * owner alone.
 */

import * as z from 'zod'
import { AuthError } from '../../base/index.js'
import { passwordChangeInput, text, textLimits } from '../../contract/index.js'
import type { Access, Exchange, RouteDefinition } from '../../http/index.js'
import { defineRoute } from '../../http/index.js'
import type { Desk } from '../desk.js'
import type { AccountNotice } from '../props.js'
import { localeNames } from '../texts/texts.js'

const optionalText = z.string().max(textLimits.name).exactOptional()
const profileForm = z.object({
  name: optionalText,
  username: optionalText,
  locale: z.enum(['', ...localeNames]).exactOptional(),
})
const deletionForm = z.object({ agree: text(8) })

/** A route of a form; `work` returns where it leads. */
function formRoute<I>(
  form: {
    readonly id: string
    readonly path: string
    readonly access: Access
    readonly input?: z.ZodType<I>
  },
  work: (exchange: Exchange, input: I) => Promise<string>,
): RouteDefinition {
  return defineRoute<I>({
    ...form,
    method: 'POST',
    summary: 'A form of the account page',
    answers: { 303: { description: 'To the next page.' } },
    hidden: true,
    handle: async (exchange, input) => ({ status: 303, location: await work(exchange, input) }),
  })
}

/** Its routes. */
export function accountRoutes({ paths }: Desk): readonly RouteDefinition[] {
  function toldOn(exchange: Exchange, done: AccountNotice): string {
    exchange.step.write({ done })
    return paths.account
  }

  return [
    formRoute({ id: 'account.sign-out', path: '/sign-out', access: 'public' }, async (exchange) => {
      await exchange.leave()
      return paths.signedOut
    }),

    formRoute(
      { id: 'account.profile', path: '/account/profile', access: 'fresh', input: profileForm },
      async (exchange, { name, username, locale }) => {
        const { user } = await exchange.requireScope()
        const clearable = (value: string) => (value === '' ? null : value)
        await exchange.accounts.updateUserProfile(user, {
          ...(name !== undefined && { name: clearable(name) }),
          ...(username !== undefined && { username: clearable(username) }),
          ...(locale !== undefined && { metadata: { locale: clearable(locale) } }),
        })
        return toldOn(exchange, 'saved')
      },
    ),

    formRoute(
      { id: 'account.password', path: '/account/password', access: 'session', input: passwordChangeInput },
      async (exchange, input) => {
        const { user, session } = await exchange.requireScope()
        const { engine } = exchange
        const guess = await engine.gate.currentPassword(exchange.charged, {
          userId: user.id,
          sessionId: session.id,
        })
        await guess.judge(() => exchange.accounts.changePassword(user, { ...input, session: session.id }))
        return toldOn(exchange, 'password_changed')
      },
    ),

    formRoute(
      { id: 'account.end-session', path: '/account/sessions/:id/end', access: 'fresh' },
      async (exchange) => {
        const { user, session } = await exchange.requireScope()
        const [ended] = await exchange.accounts.revokeUserSession(user, exchange.param('id'))
        if (ended === undefined) throw new AuthError('not_found', { reason: 'session_of_nobody_or_another' })
        if (ended !== session.id) return toldOn(exchange, 'session_ended')
        exchange.forget()
        return paths.signedOut
      },
    ),

    formRoute(
      { id: 'account.end-others', path: '/account/sessions/end-others', access: 'fresh' },
      async (exchange) => {
        const { user, session } = await exchange.requireScope()
        await exchange.accounts.revokeUserSessions(user, { except: session.id })
        return toldOn(exchange, 'sessions_ended')
      },
    ),

    formRoute(
      { id: 'account.delete', path: '/account/delete', access: 'fresh', input: deletionForm },
      async (exchange) => {
        const { user } = await exchange.requireScope()
        await exchange.accounts.deleteUser(user)
        exchange.forget()
        return `${paths.signedOut}?why=deleted`
      },
    ),
  ]
}
