/** Builds the page `account`. */

import type { RequestContext } from '../../http/index.js'
import { isFresh } from '../../http/index.js'
import type { PageRenderer } from '../page-renderer.js'
import { takeDone } from '../navigation.js'
import { accountNotices } from '../props.js'
import type { AccountProps } from '../props.js'
import type { RefusedForm } from '../refused-form.js'
import { findLocale } from '../texts/locale.js'

/** The section of the page whose form has an error. */
export type AccountSection = NonNullable<AccountProps['form']['section']>

/** Shows the page. @throws AuthError `session_required` */
export async function showAccount(
  renderer: PageRenderer,
  context: RequestContext,
  section?: AccountSection,
  refused?: RefusedForm,
): Promise<Response> {
  const { engine } = context
  const { user, session } = await context.requireScope()
  const [identities, sessions, hasPassword] = await Promise.all([
    context.accounts.listUserIdentities(user),
    context.accounts.listUserSessions(user),
    context.accounts.hasPassword(user),
  ])
  const contents = {
    user,
    identities,
    sessions,
    current: session.id,
    chosenLocale: findLocale(user.metadata['locale']),
    hasPassword,
    fresh: isFresh(engine, session),
    password: engine.settings.password,
    done: takeDone(context, accountNotices),
    form: section === undefined ? {} : { ...refused?.form, section },
  }
  return renderer.show(context, 'account', contents, refused?.error)
}
