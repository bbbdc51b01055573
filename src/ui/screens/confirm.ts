/** Builds the page `confirm`: what the pending link will do, here or for another browser. */

import { AuthError } from '../../base/index.js'
import type { MagicLinkRequest } from '../../core/index.js'
import { offersApprovals, offersPasswords, shownLinkOf } from '../../http/index.js'
import type { LinkType, RequestContext } from '../../http/index.js'
import type { LinkPages } from '../feature-pages.js'
import { redirect } from '../page-renderer.js'
import type { PageRenderer } from '../page-renderer.js'
import { takeReturnTo } from '../navigation.js'
import type { ConfirmProps } from '../props.js'
import type { RefusedForm } from '../refused-form.js'
import { showError, showGone } from './ending.js'
import { describeLink } from './link.js'

function elsewhereOf(request: MagicLinkRequest): ConfirmProps['elsewhere'] {
  if (request.sameFlow) return null
  return { userAgent: request.userAgent, network: request.ip, at: request.requestedAt }
}

/**
 * Without a link: the other browser's sign-in was approved, or this one's, or the link is no longer valid.
 */
async function showWithout(renderer: PageRenderer, context: RequestContext): Promise<Response> {
  const { password } = context.engine.settings
  if (context.browserState.read().done === 'approved') {
    const contents = {
      form: {},
      purpose: 'sign_in',
      own: null,
      address: '',
      shownLink: '',
      elsewhere: null,
    } as const
    return renderer.show(context, 'confirm', { ...contents, approvals: true, finished: true, password })
  }
  if ((await context.scope()) !== null) return redirect(takeReturnTo(context, renderer))
  return showGone(renderer, context)
}

/** Shows the page. */
export async function showConfirm(
  renderer: PageRenderer,
  context: RequestContext,
  refused?: RefusedForm,
): Promise<Response> {
  const { link } = context.browserState.read()
  if (link === undefined) return showWithout(renderer, context)
  if (link.type === 'session_end') return redirect(renderer.paths.endApproved)
  const { page, confirm = null } = linkPagesOf(renderer, link.type) ?? {}
  if (page !== undefined) return redirect(renderer.paths[page])
  const request = await describeLink(context, { type: link.type, token: link.token })
  if (request === null) return showGone(renderer, context, againFor(renderer, context, link.type))
  // A claim without a password can be verified only in the browser that requested it.
  if (link.type === 'email' && !request.sameFlow && !request.needsPassword)
    return showError(renderer, context, new AuthError('confirmation_required'))
  const contents = {
    form: refused?.form ?? {},
    purpose: link.type,
    own: confirm,
    address: request.value,
    shownLink: shownLinkOf(context.engine.keys, link.token),
    approvals: offersApprovals(context.engine.strategies.find(({ id }) => id === 'magic-link')),
    elsewhere: elsewhereOf(request),
    finished: false,
    password: context.engine.settings.password,
  }
  return renderer.show(context, 'confirm', contents, refused?.error)
}

// What a feature says about the links of its purpose.
function linkPagesOf({ features }: PageRenderer, purpose: LinkType): LinkPages | undefined {
  return features.flatMap(({ links }) => links?.[purpose] ?? []).at(0)
}

/** Where to request a new link for this purpose. */
export function againFor(renderer: PageRenderer, { engine }: RequestContext, purpose: LinkType): string {
  const { paths } = renderer
  if (!offersPasswords(engine.strategies)) return paths.signIn
  const { again } = linkPagesOf(renderer, purpose) ?? {}
  if (again !== undefined) return paths[again]
  return purpose === 'email' ? paths.signUp : paths.signIn
}
