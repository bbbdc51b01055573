/** The links that messages carry. They are built from the configured origin, never from a request. */

import type { MessageEvent } from './core/index.js'

const pages: Partial<Record<MessageEvent, string>> = {
  email: 'verification/callback',
  sign_in: 'magic-link/callback',
  recovery: 'recovery/callback',
  email_change: 'email-change/callback',
}

/** Builds the link of a message, or nothing where its event has none. */
export function createLinks({ baseUrl, basePath }: { readonly baseUrl: string; readonly basePath: string }) {
  return (event: MessageEvent, token: string): string | undefined => {
    const page = pages[event]
    return page === undefined ? undefined : `${baseUrl}${basePath}/${page}?token=${token}`
  }
}
