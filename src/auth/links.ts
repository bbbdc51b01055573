/** The links in messages. They are built from the configured origin, never from a request. */

import type { MessageEvent, PurposeTable } from '../core/index.js'

// Notices whose link carries no secret.
const plainPages: Partial<Record<MessageEvent, string>> = {
  password_paused: 'sign-in',
  // Where the host creates the session itself, the notice does not know which one it is.
  sign_in_approved: 'account',
}

/** The options that links are built from. */
export interface LinkPlace {
  readonly baseUrl: string
  readonly basePath: string
  readonly strategies: readonly { readonly id: string }[]
  readonly purposes: PurposeTable
}

/**
 * Builds the link of a message, or nothing if its event has none. A sign-in message has a link only if magic
 * links are enabled: next to a code, a dead link is worse than none.
 */
export function createLinks({ baseUrl, basePath, strategies, purposes }: LinkPlace) {
  const linksSignIn = strategies.some(({ id }) => id === 'magic-link')
  const paths: Partial<Record<string, string>> = { sign_in_approved: 'magic-link/end' }
  for (const [purpose, { link }] of Object.entries(purposes)) if (link !== undefined) paths[purpose] = link
  return (event: MessageEvent, token: string | null): string | undefined => {
    if (token === null) {
      const page = plainPages[event]
      return page === undefined ? undefined : `${baseUrl}${basePath}/${page}`
    }
    const page = event === 'sign_in' && !linksSignIn ? undefined : paths[event]
    return page === undefined ? undefined : `${baseUrl}${basePath}/${page}?token=${token}`
  }
}
