/** Which page shows a form again that was refused, and which of its fields are no secret. */

import type { Exchange, RouteDefinition } from '../http/index.js'
import type { Strategy } from '../strategies/index.js'
import type { Desk } from './desk.js'
import type { Refused } from './refused.js'
import { showAccount } from './screens/account.js'
import type { AccountSection } from './screens/account.js'
import { againFor, showConfirm } from './screens/confirm.js'
import { showError } from './screens/ending.js'
import { showForgotPassword, showResetPassword } from './screens/recovery.js'
import { showSignIn, showSignUp } from './screens/sign-in.js'
import { showVerify } from './screens/verify.js'

type Input = Readonly<Record<string, unknown>>

/** The page of a form. */
export interface FormPage {
  readonly visible: readonly string[]
  /** Shows it again; `input` is what was posted. */
  show(exchange: Exchange, refused: Refused, input: Input): Promise<Response>
}

const email = ['email']

function visibleOf({ fields }: Strategy): readonly string[] {
  const all = [...fields.request, ...(fields.callback ?? [])]
  return all.filter(({ type }) => ['email', 'phone', 'text'].includes(type)).map(({ name }) => name)
}

/** The form of a link that is parked. */
function linkPage(desk: Desk): FormPage {
  return {
    visible: [],
    show(exchange, refused) {
      const { link } = exchange.step.read()
      // A form that is posted again after it did its work finds no link any more, and a dead link has no form.
      if (link === undefined) return showConfirm(desk, exchange)
      return refused.error.code === 'invalid_token'
        ? showError(desk, exchange, refused.error, againFor(desk, exchange, link.type))
        : showConfirm(desk, exchange, refused)
    },
  }
}

function codePage(desk: Desk, by: string, visible: readonly string[]): FormPage {
  return { visible, show: (exchange, refused) => showVerify(desk, exchange, by, refused) }
}

function fixedPages(desk: Desk): Readonly<Record<string, FormPage>> {
  const link = linkPage(desk)
  const code = codePage(desk, 'verification', email)
  return {
    'sign-up': { visible: email, show: (exchange, refused) => showSignUp(desk, exchange, refused) },
    'verification.request': code,
    'verification.callback': {
      visible: email,
      show: (exchange, refused, input) =>
        (input['code'] === undefined ? link : code).show(exchange, refused, input),
    },
    'recovery.request': {
      visible: email,
      show: (exchange, refused) => showForgotPassword(desk, exchange, refused),
    },
    'recovery.callback': {
      visible: email,
      show: (exchange, refused) => showResetPassword(desk, exchange, refused),
    },
    'email-change.callback': link,
    'magic-link.approve': link,
  }
}

function strategyPages(desk: Desk, strategy: Strategy): readonly (readonly [string, FormPage])[] {
  const { id, fields } = strategy
  const visible = visibleOf(strategy)
  const takesLink = fields.callback?.some(({ type }) => type === 'token') === true
  const request: FormPage = {
    visible,
    // The form that sends again stands on another page than the one that sent first.
    show: (exchange, refused, input) =>
      input['again'] === undefined
        ? showSignIn(desk, exchange, id, refused)
        : showVerify(desk, exchange, id, refused),
  }
  return [
    [`${id}.request`, request],
    [`${id}.callback`, takesLink ? linkPage(desk) : codePage(desk, id, visible)],
  ]
}

const sections: Readonly<Record<string, AccountSection>> = {
  'account.profile': 'profile',
  'account.end-session': 'sessions',
  'account.end-others': 'sessions',
  'account.password': 'password',
  'account.delete': 'delete',
}

function accountPages(desk: Desk): readonly (readonly [string, FormPage])[] {
  return Object.entries(sections).map(([id, section]) => [
    id,
    {
      visible: section === 'profile' ? ['name', 'username'] : [],
      show: (exchange, refused) => showAccount(desk, exchange, section, refused),
    },
  ])
}

/** Finds the page of a route's form; null where it has none. */
export function createForms(
  desk: Desk,
  strategies: readonly Strategy[],
): (route: RouteDefinition | null) => FormPage | null {
  const pages = new Map([
    ...strategies.flatMap((strategy) => strategyPages(desk, strategy)),
    ...accountPages(desk),
    ...Object.entries(fixedPages(desk)),
  ])
  return (route) => (route === null ? null : (pages.get(route.id) ?? null))
}
