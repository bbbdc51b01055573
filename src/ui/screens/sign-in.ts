/** What the pages `sign-in` and `sign-up` show. */

import { isFresh } from '../../http/index.js'
import type { Exchange } from '../../http/index.js'
import { redirect } from '../desk.js'
import type { Desk } from '../desk.js'
import { keepReturnTo, takeDone, takeReturnTo } from '../passage.js'
import { doneNotices } from '../props.js'
import type { FormState } from '../props.js'
import type { Refused } from '../refused.js'

/** The page `sign-in` with this form; a person who is signed in is asked to prove it again. */
async function showForms(
  desk: Desk,
  exchange: Exchange,
  form: FormState & { readonly way?: string },
  refused?: Refused,
): Promise<Response> {
  const scope = await exchange.scope()
  const done = takeDone(exchange, doneNotices)
  const contents = { ways: exchange.engine.strategies, form, done, fresh: scope !== null }
  return desk.show(exchange, 'sign-in', contents, refused?.error)
}

/** The page `sign-in` after its form `way` was refused. */
export function showSignIn(desk: Desk, exchange: Exchange, way: string, refused: Refused): Promise<Response> {
  return showForms(desk, exchange, { ...refused.form, way }, refused)
}

/** The address of whoever is signed in already, to spare them the typing. */
async function knownValues(exchange: Exchange): Promise<FormState> {
  const scope = await exchange.scope()
  if (scope === null) return {}
  const identities = await exchange.accounts.listUserIdentities(scope.user)
  const email = identities.find(({ type, verifiedAt }) => type === 'email' && verifiedAt !== null)?.value
  return { values: { email } }
}

/** Opens `sign-in`. Whoever is signed in goes on, unless they came to prove it again and that is due. */
export async function openSignIn(
  desk: Desk,
  exchange: Exchange,
  query: { readonly return_to?: unknown; readonly fresh?: unknown },
): Promise<Response> {
  keepReturnTo(exchange, query.return_to)
  const scope = await exchange.scope()
  const isDue = query.fresh !== undefined && scope !== null && !isFresh(exchange.engine, scope.session)
  if (scope !== null && !isDue) return redirect(takeReturnTo(exchange, desk))
  return showForms(desk, exchange, await knownValues(exchange))
}

/** The page `sign-up`. */
export function showSignUp(desk: Desk, exchange: Exchange, refused?: Refused): Promise<Response> {
  const { password } = exchange.engine.settings
  return desk.show(exchange, 'sign-up', { form: refused?.form ?? {}, password }, refused?.error)
}

/** Opens `sign-up`. Whoever is signed in goes on. */
export async function openSignUp(
  desk: Desk,
  exchange: Exchange,
  query: { readonly return_to?: unknown },
): Promise<Response> {
  keepReturnTo(exchange, query.return_to)
  if ((await exchange.scope()) !== null) return redirect(takeReturnTo(exchange, desk))
  return showSignUp(desk, exchange)
}
