/** Builds the pages `forgot-password` and `reset-password`. */

import { AuthError } from '../../../base/index.js'
import { shownLinkOf } from '../../../http/index.js'
import type { RequestContext } from '../../../http/index.js'
import { describeLink, showError, showGone, usualLength } from '../../../ui/index.js'
import type { PageRenderer, RefusedForm } from '../../../ui/index.js'

/** The page `forgot-password`. */
export function showForgotPassword(
  renderer: PageRenderer,
  context: RequestContext,
  refused?: RefusedForm,
): Promise<Response> {
  return renderer.show(context, 'forgot-password', { form: refused?.form ?? {} }, refused?.error)
}

/** The page `reset-password`: with the pending link, or with a code. */
export async function showResetPassword(
  renderer: PageRenderer,
  context: RequestContext,
  refused?: RefusedForm,
): Promise<Response> {
  const { password } = context.engine.settings
  const { link, sent } = context.browserState.read()
  const codeLength = sent?.codeLength ?? usualLength(context.engine)
  const common = { form: refused?.form ?? {}, codeLength, password }
  if (link?.type === 'recovery') {
    const again = renderer.paths.forgotPassword
    const request = await describeLink(context, { type: link.type, token: link.token })
    if (request === null) return showGone(renderer, context, again)
    if (!request.sameFlow) return showError(renderer, context, new AuthError('confirmation_required'), again)
    const shownLink = shownLinkOf(context.engine.keys, link.token)
    const contents = { ...common, link: true, shownLink, address: request.value }
    return renderer.show(context, 'reset-password', contents, refused?.error)
  }
  const posted = refused?.form.values?.['email']
  const address = posted ?? (sent?.by === 'recovery' ? sent.value : null)
  return renderer.show(
    context,
    'reset-password',
    { ...common, link: false, shownLink: null, address },
    refused?.error,
  )
}
