/**
 * Email addresses: one spelling that is stored, proven and sent to, and a key by which two are compared.
 *
 * Invariants: (1) what NFKC would turn into another character, an `@` among them, is refused; (2) no two mailboxes share a key: a
 * letter whose other case is ASCII (K as in Kelvin, dotless i, long s) is refused; (3) the domain is ASCII (UTS 46);
 * (4) nothing is changed after validation. Quoted local parts, comments and lists are refused (RFC 5321 §4.1.2 has
 * them, no provider does).
 */

import { hasHidden, hasLoneSurrogate, utf8 } from '../base/index.js'

/** An address in both forms: `value` is shown and sent to, `key` is compared. */
export interface NormalizedAddress {
  readonly value: string
  readonly key: string
}

/** What can't be an address takes the same statements as one that nobody has: this one is nobody's. */
export const nowhere: NormalizedAddress = { value: '', key: '' }

const longest = 254
const longestLocal = 64
const localForm = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const domainForm = /^[\p{L}\p{M}\p{N}.-]+$/u
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** The normalized address, or null where the text is not one. */
export function normalizeEmail(text: string): NormalizedAddress | null {
  // Nothing this long can shrink into an address, and no pattern has to look at it.
  if (text.length > longest * 2) return null
  const trimmed = text.trim()
  if (hasHidden(trimmed) || hasLoneSurrogate(trimmed)) return null
  const at = trimmed.indexOf('@')
  if (at < 1 || trimmed.indexOf('@', at + 1) !== -1) return null
  const local = trimmed.slice(0, at)
  const domain = domainToAscii(trimmed.slice(at + 1))
  if (domain === null || !isLocal(local)) return null
  const value = `${local}@${domain}`
  if (utf8(value).length > longest) return null
  return { value, key: `${foldCase(local)}@${domain}` }
}

function isLocal(local: string): boolean {
  if (!localForm.test(local) || utf8(local).length > longestLocal) return false
  if (local.normalize('NFKC') !== local) return false
  for (const character of local) {
    if (character > '\u007f' && (hasAscii(character.toLowerCase()) || character.toUpperCase() < '\u0080'))
      return false
  }
  return true
}

function hasAscii(text: string): boolean {
  for (const character of text) if (character < '\u0080') return true
  return false
}

// Letter by letter, so that no letter's case depends on its neighbors.
function foldCase(text: string): string {
  let folded = ''
  for (const character of text) folded += character.toLowerCase()
  return folded
}

function domainToAscii(domain: string): string | null {
  if (!domainForm.test(domain) || !domain.includes('.')) return null
  const url = `http://${domain}`
  if (!URL.canParse(url)) return null
  const ascii = new URL(url).hostname
  const labels = ascii.split('.')
  const last = labels.at(-1) as string
  if (labels.length < 2 || ascii.length > 253 || /^[0-9]+$/.test(last) || last.length < 2) return null
  return labels.every((each) => label.test(each)) ? ascii : null
}
