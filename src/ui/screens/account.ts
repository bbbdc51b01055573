/** Builds the page `account`. */

import type { RequestContext } from '../../http/index.js'
import { isFresh } from '../../http/index.js'
import type { PageRenderer } from '../page-renderer.js'
import { doneOf, takeDone } from '../navigation.js'
import { accountNotices } from '../props.js'
import type { AccountProps } from '../props.js'
import type { RefusedForm } from '../refused-form.js'
import { findLocale } from '../texts/locale.js'

async function sectionsOf(
  { features }: PageRenderer,
  context: RequestContext,
): Promise<AccountProps['sections']> {
  const sections = features.flatMap(({ accountSections = [] }) => accountSections)
  return Promise.all(
    sections.map(async ({ id, order, load, render }) => {
      const data = await load(context)
      return { id, order, render: (props: AccountProps) => render(props, data) }
    }),
  )
}

/** Shows the page; `section` is the section whose form has an error. @throws AuthError `session_required` */
export async function showAccount(
  renderer: PageRenderer,
  context: RequestContext,
  section?: string,
  refused?: RefusedForm,
): Promise<Response> {
  const { engine } = context
  const { user, session } = await context.requireScope()
  const [identities, sessions, hasPassword, sections] = await Promise.all([
    context.accounts.listUserIdentities(user),
    context.accounts.listUserSessions(user),
    context.accounts.hasPassword(user),
    sectionsOf(renderer, context),
  ])
  const contents = {
    user,
    identities,
    sessions,
    current: session.id,
    chosenLocale: findLocale(user.metadata['locale']),
    hasPassword,
    sections,
    fresh: isFresh(engine, session),
    password: engine.settings.password,
    done: takeDone(context, [...accountNotices, ...doneOf(renderer)]),
    form: section === undefined ? {} : { ...refused?.form, section },
  }
  return renderer.show(context, 'account', contents, refused?.error)
}
