/** The URLs of all pages, below the base path, in one list. */

import { toCamelCase } from '../base/index.js'

/** The pages and forms of one base path. A feature adds its pages by declaration merging. */
export interface Paths {
  readonly signIn: string
  readonly signUp: string
  readonly verify: string
  readonly confirm: string
  readonly account: string
  readonly signedOut: string
  readonly endApproved: string
  readonly inbox: string
  readonly messages: string
  readonly docs: string
  /** The URL of the forms of a strategy. */
  request(strategy: string): string
  callback(strategy: string): string
  readonly waiting: string
  readonly approve: string
  /** The form that ends the session which a notice is about. */
  readonly endByLink: string
  readonly signOut: string
  readonly profile: string
  readonly password: string
  readonly endOthers: string
  endSession(id: string): string
  readonly deleteAccount: string
  readonly sessionEvents: string
  asset(name: string): string
}

/** The URLs below a base path such as `/auth`, with the pages of features. */
export function createPaths(basePath: string, featurePages: readonly string[] = []): Paths {
  const below = (path: string): string => `${basePath}/${path}`
  const kernel: Partial<Paths> = {
    signIn: below('sign-in'),
    signUp: below('sign-up'),
    verify: below('verify'),
    confirm: below('confirm'),
    account: below('account'),
    signedOut: below('signed-out'),
    endApproved: below('end-session'),
    inbox: below('dev/inbox'),
    messages: below('dev/messages'),
    docs: below('docs'),
    request: (strategy) => below(`${encodeURIComponent(strategy)}/request`),
    callback: (strategy) => below(`${encodeURIComponent(strategy)}/callback`),
    waiting: below('magic-link/wait'),
    approve: below('magic-link/approve'),
    endByLink: below('magic-link/end'),
    signOut: below('sign-out'),
    profile: below('account/profile'),
    password: below('account/password'),
    endOthers: below('account/sessions/end-others'),
    endSession: (id) => below(`account/sessions/${encodeURIComponent(id)}/end`),
    deleteAccount: below('account/delete'),
    sessionEvents: below('session/events'),
    asset: (name) => below(`assets/${name}`),
  }
  const added = featurePages.map((page) => [toCamelCase(page), below(page)] as const)
  return { ...kernel, ...Object.fromEntries(added) } as Paths
}
