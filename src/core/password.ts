/**
 * Passwords: which are accepted, and the form in which they are hashed (NIST SP 800-63B-4 §3.1.1.2, ASVS 5 6.2).
 *
 * Invariants: (1) a password is NFC-normalized and counted in code points, never cut, trimmed or folded; (2) what is
 * over-long is refused before any work is done on it; (3) the rule that refuses is told.
 */

import { countCodePoints, hasLoneSurrogate } from '../base/index.js'
import type { FieldFault } from '../base/index.js'
import type { Context } from './context.js'
import { foldPassword } from './folding.js'

/** Whom a password must not resemble. */
export interface PasswordSubject {
  readonly addresses: readonly string[]
  readonly names: readonly (string | null)[]
}

type Policy = Pick<Context, 'settings' | 'blocklist'>

/** Whether the text is so long that it can't be anybody's password. */
export function isOverlong({ settings }: Pick<Context, 'settings'>, password: string): boolean {
  const { maxLength } = settings.password
  // A code point is at most four code units in any decomposition that NFC joins; beyond that nothing is normalized.
  return password.length > maxLength * 4 || countCodePoints(password.normalize('NFC'), maxLength) > maxLength
}

/** The form that is hashed. */
export function toHashedForm(password: string): string {
  return password.normalize('NFC')
}

/** The rule that a new password breaks as far as this machine knows, or null. */
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
 * The rule that a new password breaks as far as the service outside knows, or null. It is asked last and once: after the
 * limits were charged, and for nobody whose secret was not right.
 */
export async function judgeBreach(
  { blocklist }: Pick<Policy, 'blocklist'>,
  password: string,
): Promise<FieldFault | null> {
  return (await blocklist.isBreached(toHashedForm(password))) ? { field: 'password', rule: 'breached' } : null
}

/** The rule that a new password breaks by resembling its owner alone, or null. */
export async function judgeResemblance(
  policy: Policy,
  password: string,
  subject: PasswordSubject,
): Promise<FieldFault | null> {
  const resembling = await resembles(policy, toHashedForm(password), subject)
  return resembling ? { field: 'password', rule: 'context' } : null
}

// A word of fewer letters is in too many others to be looked for inside of them.
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
      // The name with something that everybody tries is no more than either.
      const rest = text.replaceAll(word, '')
      if (rest.length < leastInside || (await blocklist.includes(rest))) return true
    }
  }
  return false
}

// Case, separators, and the digits and signs that people put at the end do not make a new password.
function toBareForm(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\s._+-]/gu, '')
    .replace(/[^\p{L}]+$/u, '')
}
