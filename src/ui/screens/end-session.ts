/** Builds the page `end-session`. It looks nothing up: only the form learns whether there is a session to end. */

import { shownLinkOf } from '../../http/index.js'
import type { RequestContext } from '../../http/index.js'
import { takeDone } from '../navigation.js'
import type { PageRenderer } from '../page-renderer.js'
import type { RefusedForm } from '../refused-form.js'

const outcomes = ['session_ended_by_link', 'session_already_ended'] as const

/** Shows the page. */
export function showEndSession(
  renderer: PageRenderer,
  context: RequestContext,
  refused?: RefusedForm,
): Promise<Response> {
  const { link } = context.browserState.read()
  if (link?.type === 'session_end') {
    const shownLink = shownLinkOf(context.engine.keys, link.token)
    const contents = { form: refused?.form ?? {}, state: 'asked', shownLink } as const
    return renderer.show(context, 'end-session', contents, refused?.error)
  }
  const state = takeDone(context, outcomes) === 'session_ended_by_link' ? 'ended' : 'gone'
  return renderer.show(context, 'end-session', { form: {}, state, shownLink: '' })
}
