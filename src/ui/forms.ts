/** Which page shows a form again after an error, and which of its fields are not secret. */

import type { RequestContext, RouteDefinition } from '../http/index.js'
import type { Strategy } from '../strategies/index.js'
import type { PageRenderer } from './page-renderer.js'
import type { RefusedForm } from './refused-form.js'
import { showAccount } from './screens/account.js'
import { againFor, showConfirm } from './screens/confirm.js'
import { showEndSession } from './screens/end-session.js'
import { showError } from './screens/ending.js'
import { showSignIn, showSignUp } from './screens/sign-in.js'
import { showVerify } from './screens/verify.js'

type Input = Readonly<Record<string, unknown>>

/** The page of a form. */
export interface FormPage {
  readonly visible: readonly string[]
  /** Shows the form again; `input` is what was posted. */
  show(context: RequestContext, refused: RefusedForm, input: Input): Promise<Response>
}

const email = ['email']

function visibleOf({ fields }: Strategy): readonly string[] {
  const all = [...fields.request, ...(fields.callback ?? [])]
  return all.filter(({ type }) => ['email', 'phone', 'text'].includes(type)).map(({ name }) => name)
}

/** The form of a pending link. */
export function linkPage(renderer: PageRenderer): FormPage {
  return {
    visible: [],
    show(context, refused) {
      const { link } = context.browserState.read()
      // A form posted again after it succeeded finds no pending link, and a used link has no form.
      if (link === undefined) return showConfirm(renderer, context)
      return refused.error.code === 'invalid_token'
        ? showError(renderer, context, refused.error, againFor(renderer, context, link.type))
        : showConfirm(renderer, context, refused)
    },
  }
}

function codePage(renderer: PageRenderer, by: string, visible: readonly string[]): FormPage {
  return { visible, show: (context, refused) => showVerify(renderer, context, by, refused) }
}

function fixedPages(renderer: PageRenderer): Readonly<Record<string, FormPage>> {
  const link = linkPage(renderer)
  const code = codePage(renderer, 'verification', email)
  return {
    'sign-up': { visible: email, show: (context, refused) => showSignUp(renderer, context, refused) },
    'verification.request': code,
    'verification.callback': {
      visible: email,
      show: (context, refused, input) =>
        (input['code'] === undefined ? link : code).show(context, refused, input),
    },
    'magic-link.approve': link,
    'magic-link.end': {
      visible: [],
      show: (context, refused) => showEndSession(renderer, context, refused),
    },
  }
}

function strategyPages(renderer: PageRenderer, strategy: Strategy): readonly (readonly [string, FormPage])[] {
  const { id, fields } = strategy
  const visible = visibleOf(strategy)
  const takesLink = fields.callback?.some(({ type }) => type === 'token') === true
  const request: FormPage = {
    visible,
    // The form that sends again is on another page than the one that sent first.
    show: (context, refused, input) =>
      input['again'] === undefined
        ? showSignIn(renderer, context, id, refused)
        : showVerify(renderer, context, id, refused),
  }
  return [
    [`${id}.request`, request],
    [`${id}.callback`, takesLink ? linkPage(renderer) : codePage(renderer, id, visible)],
  ]
}

const sections: Readonly<Record<string, string>> = {
  'account.profile': 'profile',
  'account.end-session': 'sessions',
  'account.end-others': 'sessions',
  'account.password': 'password',
  'account.delete': 'delete',
}

function accountPages(renderer: PageRenderer): readonly (readonly [string, FormPage])[] {
  return Object.entries(sections).map(([id, section]) => [
    id,
    {
      visible: section === 'profile' ? ['name', 'username'] : [],
      show: (context, refused) => showAccount(renderer, context, section, refused),
    },
  ])
}

/** Creates the function that finds the page of a route's form; null if the route has none. */
export function createForms(
  renderer: PageRenderer,
  strategies: readonly Strategy[],
): (route: RouteDefinition | null) => FormPage | null {
  const pages = new Map([
    ...strategies.flatMap((strategy) => strategyPages(renderer, strategy)),
    ...accountPages(renderer),
    ...Object.entries(fixedPages(renderer)),
    ...renderer.features.flatMap(({ forms }) => Object.entries(forms?.(renderer) ?? {})),
  ])
  return (route) => (route === null ? null : (pages.get(route.id) ?? null))
}
