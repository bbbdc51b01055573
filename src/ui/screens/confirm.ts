/** What the page `confirm` shows: what the parked link would do, here or for another browser. */

import { AuthError } from '../../base/index.js'
import type { MagicLinkRequest } from '../../core/index.js'
import { offersApprovals, offersPasswords, shownLinkOf } from '../../http/index.js'
import type { Exchange } from '../../http/index.js'
import { redirect } from '../desk.js'
import type { Desk } from '../desk.js'
import { takeReturnTo } from '../passage.js'
import type { ConfirmProps } from '../props.js'
import type { Refused } from '../refused.js'
import { showError, showGone } from './ending.js'
import { describeLink } from './link.js'

function elsewhereOf(request: MagicLinkRequest): ConfirmProps['elsewhere'] {
  if (request.sameFlow) return null
  return { userAgent: request.userAgent, network: request.ip, at: request.requestedAt }
}

/** Without a link: the other browser was let in, or this one was, or the link is gone. */
async function showWithout(desk: Desk, exchange: Exchange): Promise<Response> {
  const { password } = exchange.engine.settings
  if (exchange.step.read().done === 'approved') {
    const contents = { form: {}, purpose: 'sign_in', address: '', shownLink: '', elsewhere: null } as const
    return desk.show(exchange, 'confirm', { ...contents, approvals: true, finished: true, password })
  }
  if ((await exchange.scope()) !== null) return redirect(takeReturnTo(exchange, desk))
  return showGone(desk, exchange)
}

/** The page. */
export async function showConfirm(desk: Desk, exchange: Exchange, refused?: Refused): Promise<Response> {
  const { link } = exchange.step.read()
  if (link === undefined) return showWithout(desk, exchange)
  if (link.type === 'recovery') return redirect(desk.paths.resetPassword)
  const request = await describeLink(exchange, link)
  if (request === null) return showGone(desk, exchange, againFor(desk, exchange, link.type))
  // A claim without a password is proven in the browser that asked, and nowhere else.
  if (link.type === 'email' && !request.sameFlow && !request.needsPassword)
    return showError(desk, exchange, new AuthError('confirmation_required'))
  const contents = {
    form: refused?.form ?? {},
    purpose: link.type,
    address: request.value,
    shownLink: shownLinkOf(exchange.engine.keys, link.token),
    approvals: offersApprovals(exchange.engine.strategies.find(({ id }) => id === 'magic-link')),
    elsewhere: elsewhereOf(request),
    finished: false,
    password: exchange.engine.settings.password,
  }
  return desk.show(exchange, 'confirm', contents, refused?.error)
}

/** Where a link of this purpose is asked for. */
export function againFor({ paths }: Desk, { engine }: Exchange, purpose: string): string {
  if (!offersPasswords(engine.strategies)) return paths.signIn
  if (purpose === 'recovery') return paths.forgotPassword
  return purpose === 'email' ? paths.signUp : paths.signIn
}
