/** Builds the pages `sign-in` and `sign-up`. */

import { isFresh } from '../../http/index.js'
import type { RequestContext } from '../../http/index.js'
import { redirect } from '../page-renderer.js'
import type { PageRenderer } from '../page-renderer.js'
import { doneOf, keepReturnTo, takeDone, takeReturnTo } from '../navigation.js'
import { doneNotices } from '../props.js'
import type { FormState, SignInProps, WayLink } from '../props.js'
import type { RefusedForm } from '../refused-form.js'

// Below the forms, by strategy.
function linksOf({ features, paths }: PageRenderer): SignInProps['links'] {
  const links: Record<string, WayLink[]> = {}
  for (const { strategy, path, text } of features.flatMap(({ signInLinks = [] }) => signInLinks))
    (links[strategy] ??= []).push({ href: paths[path], text })
  return links
}

/** The page `sign-in` with this form; a signed-in person is asked to sign in again. */
async function showForms(
  renderer: PageRenderer,
  context: RequestContext,
  form: FormState & { readonly way?: string },
  refused?: RefusedForm,
): Promise<Response> {
  const scope = await context.scope()
  const done = takeDone(context, [...doneNotices, ...doneOf(renderer)])
  const ways = context.engine.strategies
  const contents = { ways, form, done, links: linksOf(renderer), fresh: scope !== null }
  return renderer.show(context, 'sign-in', contents, refused?.error)
}

/** The page `sign-in` after an error of the form `way`. */
export function showSignIn(
  renderer: PageRenderer,
  context: RequestContext,
  way: string,
  refused: RefusedForm,
): Promise<Response> {
  return showForms(renderer, context, { ...refused.form, way }, refused)
}

/** Fills in the address of a person who is already signed in. */
async function knownValues(context: RequestContext): Promise<FormState> {
  const scope = await context.scope()
  if (scope === null) return {}
  const identities = await context.accounts.listUserIdentities(scope.user)
  const email = identities.find(({ type, verifiedAt }) => type === 'email' && verifiedAt !== null)?.value
  return { values: { email } }
}

/** Opens `sign-in`. A signed-in person continues to the next page, unless they have to sign in again. */
export async function openSignIn(
  renderer: PageRenderer,
  context: RequestContext,
  query: { readonly return_to?: unknown; readonly fresh?: unknown },
): Promise<Response> {
  keepReturnTo(context, query.return_to)
  const scope = await context.scope()
  const isDue = query.fresh !== undefined && scope !== null && !isFresh(context.engine, scope.session)
  if (scope !== null && !isDue) return redirect(takeReturnTo(context, renderer))
  return showForms(renderer, context, await knownValues(context))
}

/** The page `sign-up`. */
export function showSignUp(
  renderer: PageRenderer,
  context: RequestContext,
  refused?: RefusedForm,
): Promise<Response> {
  const { password } = context.engine.settings
  return renderer.show(context, 'sign-up', { form: refused?.form ?? {}, password }, refused?.error)
}

/** Opens `sign-up`. A signed-in person continues to the next page. */
export async function openSignUp(
  renderer: PageRenderer,
  context: RequestContext,
  query: { readonly return_to?: unknown },
): Promise<Response> {
  keepReturnTo(context, query.return_to)
  if ((await context.scope()) !== null) return redirect(takeReturnTo(context, renderer))
  return showSignUp(renderer, context)
}
