/**
 * The token in every form: a digest of the browser's name, so that no other site can create one (ASVS 5
 * 3.5.1).
 */

import type { HttpKeys } from './http-keys.js'

/** The name of the hidden field. */
export const formTokenField = '_form'

const purpose = 'form'

/** The token of a browser's forms. */
export function formTokenOf(keys: HttpKeys, browserName: string): string {
  return keys.mac(purpose, browserName)
}

/** Whether a form was created for this browser, under any of its names. */
export function isFormToken(keys: HttpKeys, browserNames: readonly string[], token: unknown): boolean {
  return (
    typeof token === 'string' && browserNames.some((browserName) => keys.isMac(purpose, browserName, token))
  )
}

/** The name of the hidden field that identifies the link that a page showed. */
export const shownLinkField = '_link'

const shownPurpose = 'shown link'

/** A digest of the link that the form's page showed, so that the form redeems no other link. */
export function shownLinkOf(keys: HttpKeys, token: string): string {
  return keys.mac(shownPurpose, token)
}

/** Whether the form's page showed this link. */
export function showedLink(keys: HttpKeys, token: string, shown: unknown): boolean {
  return typeof shown === 'string' && keys.isMac(shownPurpose, token, shown)
}
