/** What the pages `forgot-password` and `reset-password` show. */

import { AuthError } from '../../base/index.js'
import { shownLinkOf } from '../../http/index.js'
import type { Exchange } from '../../http/index.js'
import type { Desk } from '../desk.js'
import type { Refused } from '../refused.js'
import { usualLength } from '../passage.js'
import { describeLink } from './link.js'
import { showError, showGone } from './ending.js'

/** The page `forgot-password`. */
export function showForgotPassword(desk: Desk, exchange: Exchange, refused?: Refused): Promise<Response> {
  return desk.show(exchange, 'forgot-password', { form: refused?.form ?? {} }, refused?.error)
}

/** The page `reset-password`: by the parked link, or by a code. */
export async function showResetPassword(
  desk: Desk,
  exchange: Exchange,
  refused?: Refused,
): Promise<Response> {
  const { password } = exchange.engine.settings
  const { link, sent } = exchange.step.read()
  const codeLength = sent?.codeLength ?? usualLength(exchange.engine)
  const common = { form: refused?.form ?? {}, codeLength, password }
  if (link?.type === 'recovery') {
    const again = desk.paths.forgotPassword
    const request = await describeLink(exchange, link)
    if (request === null) return showGone(desk, exchange, again)
    if (!request.sameFlow) return showError(desk, exchange, new AuthError('confirmation_required'), again)
    const shownLink = shownLinkOf(exchange.engine.keys, link.token)
    const contents = { ...common, link: true, shownLink, address: request.value }
    return desk.show(exchange, 'reset-password', contents, refused?.error)
  }
  const posted = refused?.form.values?.['email']
  const address = posted ?? (sent?.by === 'recovery' ? sent.value : null)
  return desk.show(
    exchange,
    'reset-password',
    { ...common, link: false, shownLink: null, address },
    refused?.error,
  )
}
