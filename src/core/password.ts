/**
 * The rules for new passwords, and the form in which passwords are hashed (NIST SP 800-63B-4 §3.1.1.2, ASVS
 * 5 6.2).
 *
 * Invariants: (1) a password is NFC-normalized and counted in code points, never cut, trimmed or folded; (2)
 * an overlong password is refused before any work is done on it; (3) the error names the broken rule.
 */

import { countCodePoints, hasLoneSurrogate } from '../base/index.js'
import type { FieldFault } from '../base/index.js'
import type { Context, CoreSettings } from './context.js'
import { foldPassword } from './folding.js'

/** The names and addresses that a password must not resemble. */
export interface PasswordSubject {
  readonly addresses: readonly string[]
  readonly names: readonly (string | null)[]
}

type Policy = Pick<Context, 'blocklist'> & { readonly settings: Pick<CoreSettings, 'password'> }

/** Whether the text is too long to be anyone's password. */
export function isOverlong({ settings }: Pick<Policy, 'settings'>, password: string): boolean {
  const { maxLength } = settings.password
  // NFC joins at most four code units into one code point; a longer text is never normalized.
  return password.length > maxLength * 4 || countCodePoints(password.normalize('NFC'), maxLength) > maxLength
}

/** The form that is hashed. */
export function toHashedForm(password: string): string {
  return password.normalize('NFC')
}

/** The rule that a new password breaks according to local checks, or null. */
export async function judgePassword(
  policy: Policy,
  password: string,
  subject: PasswordSubject,
): Promise<FieldFault | null> {
  const { minLength, maxLength } = policy.settings.password
  const field = 'password'
  if (isOverlong(policy, password)) return { field, rule: 'max', limit: maxLength }
  if (hasLoneSurrogate(password)) return { field, rule: 'format' }
  const normal = toHashedForm(password)
  if (countCodePoints(normal, minLength) < minLength) return { field, rule: 'min', limit: minLength }
  if (await resembles(policy, normal, subject)) return { field, rule: 'context' }
  return (await policy.blocklist.includes(normal)) ? { field, rule: 'breached' } : null
}

/**
 * The rule that a new password breaks according to the external service, or null. Call it last and once:
 * after the limits were counted, and never for a wrong secret.
 */
export async function judgeBreach(
  { blocklist }: Pick<Policy, 'blocklist'>,
  password: string,
): Promise<FieldFault | null> {
  return (await blocklist.isBreached(toHashedForm(password))) ? { field: 'password', rule: 'breached' } : null
}

/** Checks only whether a new password resembles its owner. Returns the broken rule, or null. */
export async function judgeResemblance(
  policy: Policy,
  password: string,
  subject: PasswordSubject,
): Promise<FieldFault | null> {
  const resembling = await resembles(policy, toHashedForm(password), subject)
  return resembling ? { field: 'password', rule: 'context' } : null
}

// A shorter word occurs inside of too many other words.
const leastInside = 4

async function resembles(
  { settings, blocklist }: Policy,
  password: string,
  subject: PasswordSubject,
): Promise<boolean> {
  const own = [
    ...subject.addresses.flatMap((address) => [address, address.split('@')[0] ?? '']),
    ...subject.names,
    ...settings.password.context,
  ]
  const named = own.filter((word) => word !== null && toBareForm(word) !== '') as string[]
  const words = new Set(named.flatMap((word) => [toBareForm(word), toBareForm(word + word)]))
  const folded = [toBareForm(password), ...foldPassword(password).map(({ word }) => toBareForm(word))]
  for (const text of new Set(folded)) {
    for (const word of words) {
      if (text === word) return true
      if (word.length < leastInside || !text.includes(word)) continue
      // A name combined with a common password is as easy to guess as either.
      const rest = text.replaceAll(word, '')
      if (rest.length < leastInside || (await blocklist.includes(rest))) return true
    }
  }
  return false
}

// Changing the case, separators, or digits and signs at the end doesn't make a new password.
function toBareForm(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\s._+-]/gu, '')
    .replace(/[^\p{L}]+$/u, '')
}
