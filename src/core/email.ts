/**
 * Email addresses: one spelling that is stored, verified and sent to, and a key for comparison.
 *
 * Invariants: (1) characters that NFKC would change, perhaps into an `@`, are refused; (2) no two mailboxes
 * share a key: a letter whose other case is ASCII (the Kelvin sign K, dotless i, long s) is refused; (3) the
 * domain is ASCII (UTS 46); (4) nothing is changed after validation. Quoted local parts, comments and lists
 * are refused (RFC 5321 §4.1.2 allows them, no provider does).
 */

import { hasHidden, hasLoneSurrogate, utf8 } from '../base/index.js'

/** An address in both forms: `value` for showing and sending, `key` for comparing. */
export interface NormalizedAddress {
  readonly value: string
  readonly key: string
}

/** Stands in for a malformed address: nobody has it, so it runs the same statements as an unknown address. */
export const nowhere: NormalizedAddress = { value: '', key: '' }

const longest = 254
const longestLocal = 64
const localForm = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const domainForm = /^[\p{L}\p{M}\p{N}.-]+$/u
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** The normalized address, or null when the text is not an email address. */
export function normalizeEmail(text: string): NormalizedAddress | null {
  // A text this long can't normalize to a valid address, so skip the patterns.
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
