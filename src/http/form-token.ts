/** The token in every form: a digest over the browser's flow, so that no other site can write one (ASVS 5 3.5.1). */

import type { HttpKeys } from './engine.js'

/** The name of the hidden field. */
export const formTokenField = '_form'

const purpose = 'form'

/** The token of a browser's forms. */
export function formTokenOf(keys: HttpKeys, flow: string): string {
  return keys.mac(purpose, flow)
}

/** Whether a form was made for this browser. */
export function isFormToken(keys: HttpKeys, flow: string | null, token: unknown): boolean {
  return flow !== null && typeof token === 'string' && keys.isMac(purpose, flow, token)
}
