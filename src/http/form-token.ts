/** The token in every form: a digest over the browser's flow, so that no other site can write one (ASVS 5 3.5.1). */

import type { HttpKeys } from './http-keys.js'

/** The name of the hidden field. */
export const formTokenField = '_form'

const purpose = 'form'

/** The token of a browser's forms. */
export function formTokenOf(keys: HttpKeys, browserName: string): string {
  return keys.mac(purpose, browserName)
}

/** Whether a form was made for this browser, under one of these names of it. */
export function isFormToken(keys: HttpKeys, browserNames: readonly string[], token: unknown): boolean {
  return (
    typeof token === 'string' && browserNames.some((browserName) => keys.isMac(purpose, browserName, token))
  )
}

/** The name of the hidden field that says which link a page showed. */
export const shownLinkField = '_link'

const shownPurpose = 'shown link'

/** What a form says of the link that its page showed, so that no other link is redeemed by it. */
export function shownLinkOf(keys: HttpKeys, token: string): string {
  return keys.mac(shownPurpose, token)
}

/** Whether a form stood on the page that showed this link. */
export function showedLink(keys: HttpKeys, token: string, shown: unknown): boolean {
  return typeof shown === 'string' && keys.isMac(shownPurpose, token, shown)
}
