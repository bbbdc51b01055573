/** The links that messages carry. They are built from the configured origin, never from a request. */

import type { MessageEvent } from '../core/index.js'

const pages: Partial<Record<MessageEvent, string>> = {
  email: 'verification/callback',
  sign_in: 'magic-link/callback',
  recovery: 'recovery/callback',
  email_change: 'email-change/callback',
}

// Notices whose link carries no secret.
const plainPages: Partial<Record<MessageEvent, string>> = {
  password_paused: 'sign-in',
  sign_in_approved: 'account',
}

/** What links are built from. */
export interface LinkPlace {
  readonly baseUrl: string
  readonly basePath: string
  readonly strategies: readonly { readonly id: string }[]
}

/**
 * Builds the link of a message, or nothing where its event has none. A sign-in has one only where links sign in: a
 * link that leads nowhere is worse than none beside a code.
 */
export function createLinks({ baseUrl, basePath, strategies }: LinkPlace) {
  const linksSignIn = strategies.some(({ id }) => id === 'magic-link')
  return (event: MessageEvent, token: string | null): string | undefined => {
    if (token === null) {
      const page = plainPages[event]
      return page === undefined ? undefined : `${baseUrl}${basePath}/${page}`
    }
    const page = event === 'sign_in' && !linksSignIn ? undefined : pages[event]
    return page === undefined ? undefined : `${baseUrl}${basePath}/${page}?token=${token}`
  }
}
