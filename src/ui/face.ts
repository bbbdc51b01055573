/**
 * How forms are answered: with a redirect after success, and after a refusal with the page of the form.
 *
 * Invariants: (1) a refusal has the status and the waiting time of its problem document; (2) what comes from elsewhere
 * gets no form and names no browser; (3) whoever has to sign in comes back afterwards.
 */

import type { AuthError } from '../base/index.js'
import type { Exchange, HtmlFace, RouteDefinition } from '../http/index.js'
import type { Strategy } from '../strategies/index.js'
import { createAnswers } from './answers.js'
import { redirect } from './desk.js'
import type { Desk } from './desk.js'
import { createForms } from './forms.js'
import { keepReturnTo } from './passage.js'
import { toRefused } from './refused.js'
import { showError } from './screens/ending.js'

/** The face over these strategies. */
export function createFace(desk: Desk, strategies: readonly Strategy[]): HtmlFace {
  const { paths } = desk
  const nextPage = createAnswers(desk, strategies)
  const pageOf = createForms(desk, strategies)

  /** To the sign-in, and back to the page, or to the one whose form was posted. */
  function askToSignIn(exchange: Exchange, route: RouteDefinition | null, error: AuthError): Response {
    const { pathname, search } = new URL(exchange.request.url)
    const account = route?.id === 'account.delete' ? `${paths.account}#delete` : paths.account
    keepReturnTo(exchange, route?.method === 'GET' ? pathname + search : account)
    return redirect(error.code === 'assurance_required' ? `${paths.signIn}?fresh=yes` : paths.signIn)
  }

  return {
    read(fields) {
      const { code } = fields
      return typeof code === 'string' ? { ...fields, code: code.replace(/[\s-]/g, '') } : fields
    },

    answer: async (exchange, route, result) => redirect(await nextPage(exchange, route, result)),

    refuse(exchange, route, { input, error }) {
      switch (error.code) {
        case 'session_required':
        case 'assurance_required':
          return askToSignIn(exchange, route, error)
        case 'forbidden_origin':
        case 'unavailable':
        case 'internal':
          return showError(desk, exchange, error)
        default: {
          const page = pageOf(route)
          return page === null
            ? showError(desk, exchange, error)
            : page.show(exchange, toRefused(error, input, page.visible), input)
        }
      }
    },
  }
}
