/**
 * The forms of the account page. JSON clients use PATCH, PUT and DELETE instead, which a form can't send.
 *
 * Invariants: (1) every form ends in a redirect, so that a reload repeats nothing; (2) only its owner can end
 * a session.
 */

import * as z from 'zod'
import { AuthError } from '../../base/index.js'
import { passwordChangeInput, text, textLimits } from '../../contract/index.js'
import type { Access, RequestContext, RouteDefinition } from '../../http/index.js'
import { defineRoute } from '../../http/index.js'
import type { PageRenderer } from '../page-renderer.js'
import type { AccountNotice } from '../props.js'
import { localeNames } from '../texts/texts.js'

const optionalText = z.string().max(textLimits.name).exactOptional()
const profileForm = z.object({
  name: optionalText,
  username: optionalText,
  locale: z.enum(['', ...localeNames]).exactOptional(),
})
const deletionForm = z.object({ agree: text(8) })

/** The route of a form; `work` returns the URL of the next page. */
function formRoute<I>(
  form: {
    readonly id: string
    readonly path: string
    readonly access: Access
    readonly input?: z.ZodType<I>
  },
  work: (context: RequestContext, input: I) => Promise<string>,
): RouteDefinition {
  return defineRoute<I>({
    ...form,
    method: 'POST',
    summary: 'A form of the account page',
    answers: { 303: { description: 'To the next page.' } },
    hidden: true,
    handle: async (context, input) => ({ status: 303, location: await work(context, input) }),
  })
}

/** The routes of the account page's forms. */
export function accountRoutes({ paths }: PageRenderer): readonly RouteDefinition[] {
  function toldOn(context: RequestContext, done: AccountNotice): string {
    context.browserState.write({ done })
    return paths.account
  }

  return [
    formRoute({ id: 'account.sign-out', path: '/sign-out', access: 'public' }, async (context) => {
      await context.leave()
      return paths.signedOut
    }),

    formRoute(
      { id: 'account.profile', path: '/account/profile', access: 'fresh', input: profileForm },
      async (context, { name, username, locale }) => {
        const { user } = await context.requireScope()
        const clearable = (value: string) => (value === '' ? null : value)
        await context.accounts.updateUserProfile(user, {
          ...(name !== undefined && { name: clearable(name) }),
          ...(username !== undefined && { username: clearable(username) }),
          ...(locale !== undefined && { metadata: { locale: clearable(locale) } }),
        })
        return toldOn(context, 'saved')
      },
    ),

    formRoute(
      { id: 'account.password', path: '/account/password', access: 'session', input: passwordChangeInput },
      async (context, input) => {
        const { user, session } = await context.requireScope()
        const { engine } = context
        const attempt = await engine.limiter.currentPassword(context.limited, {
          userId: user.id,
          sessionId: session.id,
        })
        await attempt.judge(() => context.accounts.changePassword(user, { ...input, session: session.id }))
        return toldOn(context, 'password_changed')
      },
    ),

    formRoute(
      { id: 'account.end-session', path: '/account/sessions/:id/end', access: 'fresh' },
      async (context) => {
        const { user, session } = await context.requireScope()
        const [ended] = await context.accounts.revokeUserSession(user, context.param('id'))
        if (ended === undefined) throw new AuthError('not_found', { reason: 'session_of_nobody_or_another' })
        if (ended !== session.id) return toldOn(context, 'session_ended')
        context.forget()
        return paths.signedOut
      },
    ),

    formRoute(
      { id: 'account.end-others', path: '/account/sessions/end-others', access: 'fresh' },
      async (context) => {
        const { user, session } = await context.requireScope()
        await context.accounts.revokeUserSessions(user, { except: session.id })
        return toldOn(context, 'sessions_ended')
      },
    ),

    formRoute(
      { id: 'account.delete', path: '/account/delete', access: 'fresh', input: deletionForm },
      async (context) => {
        const { user } = await context.requireScope()
        await context.accounts.deleteUser(user)
        context.forget()
        return `${paths.signedOut}?why=deleted`
      },
    ),
  ]
}
