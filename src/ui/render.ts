/** Renders a page by its name: the built-in one, or the host's replacement. */

import type { HtmlEscapedString } from 'hono/utils/html'
import { AccountPage } from './pages/account.js'
import { ConfirmPage } from './pages/confirm.js'
import { EndSessionPage } from './pages/end-session.js'
import { ErrorPage, SignedOutPage } from './pages/ending.js'
import { InboxPage } from './pages/inbox.js'
import { LandingPage } from './pages/landing.js'
import { MessagesPage } from './pages/messages.js'
import { ForgotPasswordPage, ResetPasswordPage } from './pages/recovery.js'
import { SignInPage } from './pages/sign-in.js'
import { SignUpPage } from './pages/sign-up.js'
import { VerifyPage } from './pages/verify.js'
import type { PageName, PageProps, PageReplacements } from './props.js'

type Rendered = HtmlEscapedString | Promise<HtmlEscapedString>

const pages: { readonly [Name in PageName]: (props: PageProps[Name]) => Rendered } = {
  'sign-in': SignInPage,
  'sign-up': SignUpPage,
  verify: VerifyPage,
  'forgot-password': ForgotPasswordPage,
  'reset-password': ResetPasswordPage,
  confirm: ConfirmPage,
  account: AccountPage,
  'signed-out': SignedOutPage,
  'end-session': EndSessionPage,
  error: ErrorPage,
  landing: LandingPage,
  inbox: InboxPage,
  messages: MessagesPage,
}

/** Returns the whole document. */
export async function renderPage<Name extends PageName>(
  name: Name,
  props: PageProps[Name],
  replaced: PageReplacements = {},
): Promise<string> {
  const own = replaced[name]
  if (own !== undefined) return own(props)
  const page = await pages[name](props)
  return `<!doctype html>${page.toString()}`
}
