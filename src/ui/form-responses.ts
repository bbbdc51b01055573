/**
 * Answers forms: after success with a redirect, after an error with the page of the form.
 *
 * Invariants: (1) an error page has the status and the waiting time of its problem document; (2) a request
 * from another origin gets no form and no browser name; (3) a person who has to sign in first comes back
 * afterwards.
 */

import type { AuthError } from '../base/index.js'
import type { RequestContext, HtmlResponses, RouteDefinition } from '../http/index.js'
import type { Strategy } from '../strategies/index.js'
import { createNextPage } from './next-page.js'
import { redirect } from './page-renderer.js'
import type { PageRenderer } from './page-renderer.js'
import { createForms } from './forms.js'
import { keepReturnTo } from './navigation.js'
import { toRefusedForm } from './refused-form.js'
import { showError } from './screens/ending.js'

/** Creates the form responses for these strategies. */
export function createFormResponses(renderer: PageRenderer, strategies: readonly Strategy[]): HtmlResponses {
  const { paths } = renderer
  const nextPage = createNextPage(renderer, strategies)
  const pageOf = createForms(renderer, strategies)

  /** Redirects to the sign-in, which leads back to the page, or to the page of the posted form. */
  function askToSignIn(context: RequestContext, route: RouteDefinition | null, error: AuthError): Response {
    const { pathname, search } = new URL(context.request.url)
    const account = route?.id === 'account.delete' ? `${paths.account}#delete` : paths.account
    keepReturnTo(context, route?.method === 'GET' ? pathname + search : account)
    return redirect(error.code === 'assurance_required' ? `${paths.signIn}?fresh=yes` : paths.signIn)
  }

  return {
    read(fields) {
      const { code } = fields
      return typeof code === 'string' ? { ...fields, code: code.replace(/[\s-]/g, '') } : fields
    },

    answer: async (context, route, result) => redirect(await nextPage(context, route, result)),

    refuse(context, route, { input, error }) {
      switch (error.code) {
        case 'session_required':
        case 'assurance_required':
          return askToSignIn(context, route, error)
        case 'forbidden_origin':
        case 'unavailable':
        case 'internal':
          return showError(renderer, context, error)
        default: {
          const page = pageOf(route)
          return page === null
            ? showError(renderer, context, error)
            : page.show(context, toRefusedForm(error, input, page.visible), input)
        }
      }
    },
  }
}
