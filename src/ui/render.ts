/** Renders a page by its name: the built-in one, or the host's replacement. */

import { AccountPage } from './pages/account.js'
import { ConfirmPage } from './pages/confirm.js'
import { EndSessionPage } from './pages/end-session.js'
import { ErrorPage, SignedOutPage } from './pages/ending.js'
import { InboxPage } from './pages/inbox.js'
import { LandingPage } from './pages/landing.js'
import { MessagesPage } from './pages/messages.js'
import { SignInPage } from './pages/sign-in.js'
import { SignUpPage } from './pages/sign-up.js'
import { VerifyPage } from './pages/verify.js'
import type { RenderPage } from './feature-pages.js'
import type { PageName, PageProps, PageReplacements } from './props.js'

/** The built-in pages by name. */
export type BuiltPages = { readonly [Name in PageName]?: RenderPage<Name> }

/** The pages of the kernel. */
const kernelPages: BuiltPages = {
  'sign-in': SignInPage,
  'sign-up': SignUpPage,
  verify: VerifyPage,
  confirm: ConfirmPage,
  account: AccountPage,
  'signed-out': SignedOutPage,
  'end-session': EndSessionPage,
  error: ErrorPage,
  landing: LandingPage,
  inbox: InboxPage,
  messages: MessagesPage,
}

/** All built-in pages: the kernel's and those of these features. */
export function joinPages(features: readonly (BuiltPages | undefined)[]): BuiltPages {
  return Object.assign({}, kernelPages, ...features) as BuiltPages
}

/** Where a page comes from: the built-in ones, and the host's instead of some of them. */
export interface PageSources {
  readonly built: BuiltPages
  readonly replaced?: PageReplacements
}

/** Returns the whole document. */
export async function renderPage<Name extends PageName>(
  name: Name,
  props: PageProps[Name],
  { built, replaced = {} }: PageSources,
): Promise<string> {
  const own = replaced[name]
  if (own !== undefined) return own(props)
  const page = await (built[name] as RenderPage<Name>)(props)
  return `<!doctype html>${page.toString()}`
}
