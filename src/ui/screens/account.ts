/** What the page `account` shows. */

import type { Exchange } from '../../http/index.js'
import { isFresh } from '../../http/index.js'
import type { Desk } from '../desk.js'
import { takeDone } from '../passage.js'
import { accountNotices } from '../props.js'
import type { AccountProps } from '../props.js'
import type { Refused } from '../refused.js'
import { findLocale } from '../texts/locale.js'

/** A section of the page whose form was refused. */
export type AccountSection = NonNullable<AccountProps['form']['section']>

/** The page. @throws AuthError `session_required` */
export async function showAccount(
  desk: Desk,
  exchange: Exchange,
  section?: AccountSection,
  refused?: Refused,
): Promise<Response> {
  const { engine } = exchange
  const { user, session } = await exchange.requireScope()
  const [identities, sessions, hasPassword] = await Promise.all([
    exchange.accounts.listUserIdentities(user),
    exchange.accounts.listUserSessions(user),
    exchange.accounts.hasPassword(user),
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
    done: takeDone(exchange, accountNotices),
    form: section === undefined ? {} : { ...refused?.form, section },
  }
  return desk.show(exchange, 'account', contents, refused?.error)
}
